//! Resumption tokens: which list, as it stands at which moment, and behind which record. Whoever has one needs nothing that is
//! kept here, and may use it again. It is sealed: one that was altered is none.

use std::fmt;

use lyceum_kit::prelude::*;
use lyceum_kit::settings::{SettingsError, derived_key};

use super::MetadataFormat;
use super::datestamp::Bound;
use super::selection::{Selection, is_set};
use crate::store::records::LIFETIME;

/// Between two parts; none of them may hold it but a set's name, whose names here don't.
const BETWEEN: char = '~';

/// See the module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Token {
    pub(super) selection: Selection,
    pub(super) moment: Timestamp,
    /// Where the last record stands that was given.
    pub(super) after: (Timestamp, Uuid),
    /// So many were given.
    pub(super) given: u64,
}

impl Token {
    /// When it stops to count.
    pub(super) fn expires(&self) -> Timestamp {
        self.moment.plus(LIFETIME)
    }

    /// As it is given to a harvester.
    pub(super) fn sealed(&self) -> Result<String, SettingsError> {
        let text = self.to_string();
        Ok(format!("{text}{BETWEEN}{}", seal(&text)?))
    }

    /// Reads what was given to a harvester, unless it was altered or is too old.
    pub(super) fn open(sealed: &str) -> Option<Self> {
        let (text, given) = sealed.rsplit_once(BETWEEN)?;
        let token = Self::read(text)?;
        seal(text).is_ok_and(|seal| seal == given).then_some(token)
    }

    /// Reads what [`fmt::Display`] wrote, unless it is too old or of a moment that wasn't yet.
    fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(BETWEEN).collect();
        let [kind, format, from, until, set, moment, after, book, given] = parts.as_slice() else {
            return None;
        };
        let whole = match *kind {
            "r" => true,
            "i" => false,
            _ => return None,
        };
        // What is given in two ways is not what was written here.
        let micros = |text: &str| {
            let number: i64 = text.parse().ok().filter(|number: &i64| number.to_string() == text)?;
            Some(Timestamp::from_micros(number))
        };
        let bound = |text: &str| match text {
            "" => Some(None),
            text => Bound::parse(text).map(Some),
        };
        let set = match *set {
            "" => None,
            set if is_set(set) => Some(set.to_owned()),
            _ => return None,
        };
        let (from, until) = (bound(from)?, bound(until)?);
        let selection = Selection { whole, format: MetadataFormat::from_name(format)?, from, until, set };
        let after = (micros(after)?, book.parse().ok()?);
        let token = Self { selection, moment: micros(moment)?, after, given: given.parse().ok()? };
        // The clock of records is never far before the time of day.
        let now = clock::now();
        let counts = token.moment <= now.plus(LIFETIME) && now < token.expires();
        (counts && token.to_string() == text).then_some(token)
    }
}

/// What only this service can say of a text: half of an HMAC-SHA256.
fn seal(text: &str) -> Result<String, SettingsError> {
    let tag = derived_key(&format!("oai-token/1 {text}"))?;
    let half = tag.first_chunk::<16>().map_or(0, |half| u128::from_be_bytes(*half));
    Ok(format!("{half:032x}"))
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Selection { whole, format, from, until, set } = &self.selection;
        let bound = |bound: Option<&Bound>| bound.map_or(String::new(), |bound| bound.text().to_owned());
        let parts = [
            if *whole { "r" } else { "i" }.to_owned(),
            format.to_string(),
            bound(from.as_ref()),
            bound(until.as_ref()),
            set.clone().unwrap_or_default(),
            self.moment.as_micros().to_string(),
            self.after.0.as_micros().to_string(),
            self.after.1.to_string(),
            self.given.to_string(),
        ];
        formatter.write_str(&parts.join("~"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is_one() {
        let token = Token {
            selection: Selection {
                whole: true,
                format: MetadataFormat::Marc,
                from: Bound::parse("2026-01-31"),
                until: None,
                set: Some("zh-Hant".to_owned()),
            },
            moment: clock::now(),
            after: (Timestamp::from_micros(7), ids::new()),
            given: 100,
        };
        let text = token.to_string();
        assert_eq!(Token::read(&text), Some(token.clone()));
        for wrong in [
            String::new(),
            text.replacen('r', "x", 1),
            text.replace("marcxml", "mods"),
            text.replace("2026-01-31", "2026-01-32"),
            text.replace("zh-Hant", "zh Hant"),
            text.replace("~7~", "~+7~"),
            text.replace("~7~", "~seven~"),
            text.replace("~100", "~-1"),
            text.replace("~100", ""),
            format!("{text}~"),
            text.to_uppercase(),
        ] {
            assert_eq!(Token::read(&wrong), None, "{wrong}");
        }
        let old = Token { moment: clock::now().minus(LIFETIME), ..token.clone() };
        assert_eq!(Token::read(&old.to_string()), None);
        let future = Token { moment: clock::now().plus(LIFETIME).plus(LIFETIME), ..token };
        assert_eq!(Token::read(&future.to_string()), None);
    }
}
