//! One table of the manifest.

use toml::de::DeTable;

use super::field::Field;
use super::findings::{Findings, Span};

/// A table with its name and place.
pub(crate) struct Table<'a> {
    pub(crate) findings: &'a Findings<'a>,
    /// Its dotted path; empty for the whole manifest.
    pub(crate) name: String,
    /// Where its key stands.
    pub(crate) span: Span,
    pub(crate) entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// All entries, each with its key.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        self.entries.iter().map(|(key, value)| {
            let name: &str = key.get_ref();
            let field = Field {
                findings: self.findings,
                name: if self.name.is_empty() { name.to_owned() } else { format!("{}.{name}", self.name) },
                key_span: key.span(),
                span: value.span(),
                value: value.get_ref(),
            };
            (name, field)
        })
    }

    /// The entry of this key.
    pub(crate) fn get(&self, key: &str) -> Option<Field<'a>> {
        self.fields().find(|(name, _)| *name == key).map(|(_, field)| field)
    }

    /// The entry of this key; its absence is a mistake.
    pub(crate) fn require(&self, key: &str) -> Option<Field<'a>> {
        let field = self.get(key);
        if field.is_none() {
            let owner =
                if self.name.is_empty() { "the manifest".to_owned() } else { format!("`{}`", self.name) };
            self.findings.report(&self.span, format!("{owner} has no `{key}`"), "");
        }
        field
    }

    /// The elements of the array of this key; none if it is absent.
    pub(crate) fn items(&self, key: &str) -> Vec<Field<'a>> {
        self.get(key).map(|field| field.items()).unwrap_or_default()
    }

    /// Whether this key says `true`.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(|field| field.boolean()).unwrap_or_default()
    }

    /// The text of this key.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(|field| field.text())
    }

    /// Reports each key that isn't among the known ones.
    pub(crate) fn refuse_unknown(&self, known: &[&str]) {
        for (key, field) in self.fields().filter(|(key, _)| !known.contains(key)) {
            let hint = match nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            self.findings.report(&field.key_span, format!("unknown key `{}`", field.name), hint);
        }
    }
}

/// The candidate that `word` was most likely meant to be.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.len() / 3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean ...?`, or the list of all candidates.
pub(crate) fn suggestion<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str> + Clone) -> String {
    match nearest(word, candidates.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", candidates.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
