//! MARCXML (the schema `MARC21slim` of the Library of Congress).

use std::fmt::Write as _;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape::escape};
use unicode_normalization::UnicodeNormalization as _;

use super::{Field, Record};
use crate::xml::allowed;

/// What stands before the records of a collection, and after them.
pub(crate) const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                                <collection xmlns=\"http://www.loc.gov/MARC21/slim\">\n";
pub(crate) const END: &str = "</collection>\n";

/// Gives the records of a file, whether they are in a collection or one stands alone, to `take` until that fails. An error
/// if it is no XML to its end; a record that is no MARC is told in its place.
pub(crate) fn read(
    file: &str,
    mut take: impl FnMut(Result<Record, String>) -> Result<(), String>,
) -> Result<(), String> {
    let mut reader = Reader::from_str(file.trim_start_matches('\u{feff}'));
    let (mut open, mut depth) = (Open::default(), 0_usize);
    loop {
        let event = reader.read_event().map_err(|error| format!("It is no XML: {error}."))?;
        match event {
            Event::Start(start) => {
                depth += 1;
                open.start(&start);
            }
            Event::Empty(start) => {
                open.start(&start);
                open.end(start.local_name().as_ref()).map_or(Ok(()), &mut take)?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                open.end(end.local_name().as_ref()).map_or(Ok(()), &mut take)?;
            }
            Event::Text(text) => open.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => open.text.push(meaning(&reference)?),
            // Nothing is defined by a file that others send.
            Event::DocType(_) => return Err("It must have no document type.".to_owned()),
            Event::Eof if depth > 0 => return Err("It is no XML: it ends within an element.".to_owned()),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// A character by its number, or one of the five that XML has names for.
fn meaning(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    let unknown = || format!("There is no character &{};.", reference.xml10_content());
    if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(character);
    }
    match reference.xml10_content().as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(unknown()),
    }
}

/// What was read of a record until now.
#[derive(Default)]
struct Open {
    leader: Option<String>,
    fields: Vec<Field>,
    tag: String,
    indicators: [char; 2],
    code: Option<char>,
    subfields: Vec<(char, String)>,
    text: String,
    wrong: Option<String>,
}

impl Open {
    fn start(&mut self, start: &BytesStart<'_>) {
        self.text.clear();
        match start.local_name().as_ref() {
            "record" => *self = Self::default(),
            "controlfield" => self.tag = self.attribute(start, "tag"),
            "datafield" => {
                self.tag = self.attribute(start, "tag");
                self.subfields.clear();
                self.indicators =
                    ["ind1", "ind2"].map(|name| self.attribute(start, name).chars().next().unwrap_or(' '));
            }
            "subfield" => self.code = self.attribute(start, "code").chars().next(),
            _ => {}
        }
    }

    fn attribute(&mut self, start: &BytesStart<'_>, name: &str) -> String {
        let value = start.try_get_attribute(name).ok().flatten();
        let value = value.and_then(|value| value.normalized_value(XmlVersion::Implicit1_0).ok());
        let Some(value) = value else {
            self.wrong = Some(format!("An element has no attribute {name}."));
            return String::new();
        };
        value.into_owned()
    }

    /// The element ends; it may be a record.
    fn end(&mut self, name: &str) -> Option<Result<Record, String>> {
        let text: String = self.text.nfc().collect();
        match name {
            "record" => return Some(self.finish()),
            "leader" => self.leader = Some(text),
            "controlfield" => self.fields.push(Field::Control { tag: self.tag.clone(), text }),
            "subfield" => match self.code.take() {
                Some(code) => self.subfields.push((code, text)),
                None => self.wrong = Some(format!("A subfield of field {} has no code.", self.tag)),
            },
            "datafield" => {
                let subfields = std::mem::take(&mut self.subfields);
                let (tag, indicators) = (self.tag.clone(), self.indicators);
                self.fields.push(Field::Data { tag, indicators, subfields });
            }
            _ => {}
        }
        self.text.clear();
        None
    }

    fn finish(&mut self) -> Result<Record, String> {
        let Self { leader, fields, wrong, .. } = std::mem::take(self);
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        let mut record = Record::with_leader(&leader.ok_or("The record has no leader.")?)?;
        record.fields = fields;
        Ok(record)
    }
}

/// Writes a record of a collection.
pub(crate) fn write(record: &Record) -> Result<String, std::fmt::Error> {
    written(record, "<record>")
}

/// Writes a record that is part of another document.
pub(crate) fn write_alone(record: &Record) -> Result<String, std::fmt::Error> {
    written(record, "<record xmlns=\"http://www.loc.gov/MARC21/slim\">")
}

fn written(record: &Record, begin: &str) -> Result<String, std::fmt::Error> {
    let mut xml = format!("{begin}\n<leader>{}</leader>\n", text(&record.leader));
    for field in &record.fields {
        match field {
            Field::Control { tag, text: value } => {
                writeln!(xml, "<controlfield tag=\"{}\">{}</controlfield>", text(tag), text(value))?;
            }
            Field::Data { tag, indicators: [first, second], subfields } => {
                writeln!(xml, "<datafield tag=\"{}\" ind1=\"{first}\" ind2=\"{second}\">", text(tag))?;
                for (code, value) in subfields {
                    writeln!(xml, "<subfield code=\"{code}\">{}</subfield>", text(value))?;
                }
                xml.push_str("</datafield>\n");
            }
        }
    }
    xml.push_str("</record>\n");
    Ok(xml)
}

/// A text as XML.
fn text(value: &str) -> String {
    escape(allowed(value)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &str) -> Result<Vec<Result<Record, String>>, String> {
        let mut records = Vec::new();
        read(file, |record| {
            records.push(record);
            Ok(())
        })
        .map(|()| records)
    }

    const LEADER: &str = "<leader>00000nam a2200000 i 4500</leader>";

    #[test]
    fn each_record_is_told_in_its_place_whatever_is_wrong_with_it() {
        let title = |text: &str| {
            format!("<datafield tag='245' ind1='1' ind2='0'><subfield code='a'>{text}</subfield></datafield>")
        };
        let file = format!(
            "{BEGIN}<record>{LEADER}{}</record><record/><m:record xmlns:m='x'>{LEADER}<controlfield>1</controlfield>\
             </m:record><record>{}</record><!-- - --><record>{LEADER}{}</record>{END}",
            title("A &amp;&#x20;<![CDATA[<B>]]>"),
            title("C"),
            title("e\u{301}"),
        );
        let records = all(&file).unwrap();
        let read: Vec<bool> = records.iter().map(Result::is_ok).collect();
        assert_eq!(read, [true, false, false, false, true]);
        for (record, expected) in [(&records[0], "A & <B>"), (&records[4], "é")] {
            let record = record.as_ref().unwrap();
            assert_eq!(record.data("245").next().unwrap().first('a'), Some(expected));
        }
        assert!(all(&format!("<record>{LEADER}</record>")).unwrap()[0].is_ok());
    }

    #[test]
    fn what_is_no_xml_to_its_end_or_defines_something_is_refused() {
        let record = format!("<record>{LEADER}</record>");
        for wrong in [
            format!("{BEGIN}{record}"),
            format!("{BEGIN}{record}<record>"),
            format!("{BEGIN}{record}</collections>"),
            format!("{BEGIN}{record}&lol;{END}"),
            format!("<!DOCTYPE c [<!ENTITY lol 'lol'>]><c>{record}</c>"),
        ] {
            assert!(all(&wrong).is_err(), "{wrong}");
        }
        assert_eq!(all("").unwrap().len() + all("<collection/>").unwrap().len(), 0);
    }
}
