//! XML that is written: well-formed whatever the texts in it hold.

use lyceum_kit::prelude::*;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Attributes: names and values.
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A document, or a part of one.
pub(crate) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A part of a document.
    pub(crate) fn part() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// A document, with its declaration.
    pub(crate) fn document() -> Self {
        let mut xml = Self::part();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.raw("\n");
        xml
    }

    fn event(&mut self, event: Event<'_>) {
        // A vector takes whatever is written to it.
        let _taken = self.0.write_event(event);
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.event(Event::Start(started(name, attributes)));
    }

    /// Closes it.
    pub(crate) fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
        self.raw("\n");
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.event(Event::Empty(started(name, attributes)));
        self.raw("\n");
    }

    /// An element with a text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.text_with(name, &[], text);
    }

    /// An element with attributes and a text.
    pub(crate) fn text_with(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.event(Event::Text(BytesText::new(&allowed(text))));
        self.close(name);
    }

    /// What is XML already.
    pub(crate) fn raw(&mut self, xml: &str) {
        self.0.get_mut().extend_from_slice(xml.as_bytes());
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        String::from_utf8(self.0.into_inner()).unwrap_or_default()
    }

    /// The answer that is this document.
    pub(crate) fn answer(self) -> Response {
        let headers =
            [(header::CONTENT_TYPE, "text/xml; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
        (headers, self.finish()).into_response()
    }
}

fn started<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, allowed(value).as_str()));
    }
    start
}

/// A text without the characters that XML can't hold, not even by their numbers (XML 1.0, 2.2), and without control
/// characters that nobody means.
pub(crate) fn allowed(text: &str) -> String {
    let kept = |sign: &char| match sign {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        sign => !sign.is_control(),
    };
    text.chars().filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_texts_hold_the_document_is_well_formed() {
        let mut xml = Xml::document();
        xml.open("a", &[("b", "\"<&>'\u{0}\u{ffff}")]);
        xml.text("c", "]]> &amp; <d>\u{1f}\u{fffe}\u{1f600}\n");
        xml.empty("e", &[]);
        xml.close("a");
        let written = xml.finish();
        assert!(
            written.starts_with(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&lt;&amp;&gt;&apos;\">"
            ),
            "{written}"
        );
        assert!(written.contains("<c>]]&gt; &amp;amp; &lt;d&gt;\u{1f600}\n</c>\n<e/>\n</a>"), "{written}");
    }
}
