//! Diagnostics: <https://www.loc.gov/standards/sru/diagnostics/diagnosticsList.html>.

use crate::xml::Xml;

/// What is wrong with a request, by its number in the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Diagnostic {
    pub(super) number: u16,
    /// What it is about, as the list says for each: a parameter's name, an index, the highest version.
    details: String,
}

impl Diagnostic {
    pub(super) fn new(number: u16, details: impl Into<String>) -> Self {
        Self { number, details: details.into() }
    }

    const fn message(&self) -> &'static str {
        match self.number {
            4 => "Unsupported operation",
            5 => "Unsupported version",
            6 => "Unsupported parameter value",
            7 => "Mandatory parameter not supplied",
            8 => "Unsupported parameter",
            10 => "Query syntax error",
            12 => "Too many characters in query",
            15 => "Unsupported context set",
            16 => "Unsupported index",
            19 => "Unsupported relation",
            20 => "Unsupported relation modifier",
            22 => "Unsupported combination of relation and index",
            27 => "Empty term unsupported",
            28 => "Masking character not supported",
            31 => "Anchoring character not supported",
            36 => "Term in invalid format for index or relation",
            37 => "Unsupported boolean operator",
            38 => "Too many boolean operators in query",
            39 => "Proximity not supported",
            46 => "Unsupported boolean modifier",
            61 => "First record position out of range",
            66 => "Unknown schema for retrieval",
            71 => "Unsupported record packing",
            72 => "XPath retrieval unsupported",
            80 => "Sort not supported",
            110 => "Stylesheets not supported",
            _ => "Query feature unsupported",
        }
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.open("diagnostics", &[]);
        xml.open("diagnostic", &[("xmlns", "http://www.loc.gov/zing/srw/diagnostic/")]);
        xml.text("uri", &format!("info:srw/diagnostic/1/{}", self.number));
        if !self.details.is_empty() {
            xml.text("details", &self.details);
        }
        xml.text("message", self.message());
        xml.close("diagnostic");
        xml.close("diagnostics");
    }
}
