//! One value of the manifest: asked for as the type it should have, or reported.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use bytesize::ByteSize;
use jiff::SignedDuration;
use toml::de::DeValue;

use super::findings::{Findings, Span};
use super::table::Table;

/// A value with its name and place.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    pub(crate) findings: &'a Findings<'a>,
    /// Its dotted path in the manifest, such as `component.auth.tool.lyceum.limits.cpu`.
    pub(crate) name: String,
    /// Where its key stands.
    pub(crate) key_span: Span,
    /// Where its value stands.
    pub(crate) span: Span,
    pub(crate) value: &'a DeValue<'a>,
}

impl<'a> Field<'a> {
    /// Reports that this value is wrong; the message goes on from its name.
    pub(crate) fn wrong(&self, message: impl Display, hint: impl Into<String>) {
        self.findings.report(&self.span, format!("`{}` {message}", self.name), hint);
    }

    fn wrong_type(&self, wanted: &str) {
        self.wrong(format_args!("must be {wanted}, not {}", type_name(self.value)), "");
    }

    pub(crate) fn text(&self) -> Option<&'a str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.wrong_type("a string");
        }
        text
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        let value = self.value.as_bool();
        if value.is_none() {
            self.wrong_type("true or false");
        }
        value
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if chosen.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.wrong(format_args!("is \"{text}\""), format!("it can be {}", words.join(" or ")));
        }
        chosen
    }

    pub(crate) fn integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let Some(integer) = self.value.as_integer() else {
            self.wrong_type("a whole number");
            return None;
        };
        let value = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
        let value = value.and_then(|value| u64::try_from(value).ok()).filter(|value| range.contains(value));
        if value.is_none() {
            let hint = if range.start() == range.end() {
                format!("it must be {}", range.start())
            } else {
                format!("it can be from {} to {}", range.start(), range.end())
            };
            self.wrong(format_args!("is {integer}, which is out of range"), hint);
        }
        value
    }

    /// A length of time such as `"20m"` or `"1h 30m"`.
    pub(crate) fn duration(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let Some(text) = self.value.as_str() else {
            self.wrong_type("a length of time such as \"10s\" or \"20m\"");
            return None;
        };
        let parsed = text.parse::<SignedDuration>().ok().and_then(|length| Duration::try_from(length).ok());
        let Some(length) = parsed else {
            self.wrong(
                format_args!("is \"{text}\", which is no length of time"),
                "write it like \"10s\" or \"20m\"",
            );
            return None;
        };
        if range.contains(&length) {
            return Some(length);
        }
        let hint =
            format!("it can be from {} to {}", show_duration(*range.start()), show_duration(*range.end()));
        self.wrong(format_args!("is {text}, which is out of range"), hint);
        None
    }

    /// A number of bytes such as `"64MiB"`.
    pub(crate) fn size(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let Some(text) = self.value.as_str() else {
            self.wrong_type("a size such as \"64MiB\"");
            return None;
        };
        let Ok(ByteSize(size)) = text.parse::<ByteSize>() else {
            self.wrong(
                format_args!("is \"{text}\", which is no size"),
                "write it like \"64MiB\" or \"500KiB\"",
            );
            return None;
        };
        if range.contains(&size) {
            return Some(size);
        }
        let hint = format!("it can be from {} to {}", ByteSize(*range.start()), ByteSize(*range.end()));
        self.wrong(format_args!("is {text}, which is out of range"), hint);
        None
    }

    /// The elements of an array, each with a name of its own.
    pub(crate) fn items(&self) -> Vec<Field<'a>> {
        let Some(array) = self.value.as_array() else {
            self.wrong_type("an array");
            return Vec::new();
        };
        let item = |(index, item): (usize, &'a toml::Spanned<DeValue<'a>>)| Field {
            findings: self.findings,
            name: format!("{}[{index}]", self.name),
            key_span: item.span(),
            span: item.span(),
            value: item.get_ref(),
        };
        array.iter().enumerate().map(item).collect()
    }

    /// A table whose keys are all known; others are reported.
    pub(crate) fn table(&self, known: &[&str]) -> Option<Table<'a>> {
        let table = self.free_table()?;
        table.refuse_unknown(known);
        Some(table)
    }

    /// A table whose keys are names that the author of the manifest chose.
    pub(crate) fn free_table(&self) -> Option<Table<'a>> {
        let Some(entries) = self.value.as_table() else {
            self.wrong_type("a table");
            return None;
        };
        let (findings, name, key_span) = (self.findings, self.name.clone(), self.key_span.clone());
        Some(Table { findings, name, span: key_span, entries })
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

fn show_duration(length: Duration) -> String {
    SignedDuration::try_from(length).map_or_else(|_| format!("{length:?}"), |length| format!("{length:#}"))
}
