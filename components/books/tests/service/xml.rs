//! What XML says. It has to be well-formed, and to hold only what XML may.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The texts of all elements with this name, whatever its prefix, without those within them.
pub(super) fn texts(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut open, mut found): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        let add = |open: &mut Vec<(String, String)>, text: &str| {
            if let Some((_, all)) = open.last_mut() {
                all.push_str(text);
            }
        };
        match event {
            Event::Start(start) => open.push((start.local_name().as_ref().to_owned(), String::new())),
            Event::Empty(empty) if empty.local_name().as_ref() == name => found.push(String::new()),
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let known = [("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'")];
                let content = reference.xml10_content();
                add(&mut open, known.into_iter().find(|(name, _)| *name == content).unwrap().1);
            }
            Event::End(_) => {
                let (closed, text) = open.pop().unwrap();
                if closed == name {
                    found.push(text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "{xml}");
    let allowed = |sign: char| matches!(sign, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(allowed), "{xml:?}");
    found
}

/// The text of the only element with this name.
pub(super) fn text(xml: &str, name: &str) -> String {
    let found = texts(xml, name);
    assert_eq!(found.len(), 1, "{name}: {xml}");
    found[0].clone()
}
