//! Records and their fields.

/// The first bytes of a record, of which only a few say something here.
const LEADER: usize = 24;

/// A record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    /// 24 ASCII characters.
    pub(super) leader: String,
    pub(super) fields: Vec<Field>,
}

/// A field of a record; its tag has three characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Field {
    /// A text.
    Control { tag: String, text: String },
    /// Texts, each with a code, and two indicators.
    Data { tag: String, indicators: [char; 2], subfields: Vec<(char, String)> },
}

impl Record {
    /// A record with this leader, which must be one.
    pub(super) fn with_leader(leader: &str) -> Result<Self, String> {
        if leader.len() != LEADER || !leader.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err("The leader must have 24 ASCII characters.".to_owned());
        }
        Ok(Self { leader: leader.to_owned(), fields: Vec::new() })
    }

    /// The text of the first control field with this tag.
    pub(super) fn control(&self, wanted: &str) -> Option<&str> {
        self.fields.iter().find_map(|field| match field {
            Field::Control { tag, text } if tag == wanted => Some(text.as_str()),
            _ => None,
        })
    }

    /// The subfields of each data field with this tag.
    pub(super) fn data<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = Subfields<'a>> {
        self.fields.iter().filter_map(move |field| match field {
            Field::Data { tag, indicators, subfields } if tag == wanted => {
                Some(Subfields(*indicators, subfields))
            }
            _ => None,
        })
    }
}

/// What stands in a data field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subfields<'a>(pub(super) [char; 2], &'a [(char, String)]);

impl<'a> Subfields<'a> {
    /// Each with this code.
    pub(super) fn all(self, wanted: char) -> impl Iterator<Item = &'a str> {
        self.1.iter().filter(move |(code, _)| *code == wanted).map(|(_, text)| text.as_str())
    }

    /// The first with this code.
    pub(super) fn first(self, wanted: char) -> Option<&'a str> {
        self.all(wanted).next()
    }

    /// Those with one of these codes, in their order.
    pub(super) fn among(self, wanted: &'a str) -> impl Iterator<Item = (char, &'a str)> {
        self.1.iter().filter(|(code, _)| wanted.contains(*code)).map(|(code, text)| (*code, text.as_str()))
    }
}
