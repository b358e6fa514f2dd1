//! Migrations of bodies: what a collection's bodies were like before, and how they become what they are like now.

use std::fmt::Display;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::DocumentsError;
use crate::log;

/// The member in which a body carries its schema version: how many migrations it went through. A body without it went
/// through none.
pub(super) const SCHEMA_VERSION: &str = "_schema_version";

/// How bodies of one form become those of the next.
#[derive(Clone, Copy, Debug)]
pub struct BodyMigration {
    id: &'static str,
    changes: &'static [&'static str],
    run: fn(Value) -> Result<Value, String>,
}

impl BodyMigration {
    /// From an old body to a new one, by [`From`] or [`TryFrom`]: a body for which it fails stays as it is, and can't be
    /// read.
    ///
    /// `id` begins with its number, such as `0001-authors`. `changes` are the dotted paths of the fields that it fills,
    /// moves, removes or gives another meaning: a [`find`](super::Collection::find) by one of them waits until every body
    /// was rewritten.
    pub const fn new<Old, New>(id: &'static str, changes: &'static [&'static str]) -> Self
    where
        Old: DeserializeOwned,
        New: TryFrom<Old, Error: Display> + Serialize,
    {
        Self { id, changes, run: run::<Old, New> }
    }
}

fn run<Old, New>(body: Value) -> Result<Value, String>
where
    Old: DeserializeOwned,
    New: TryFrom<Old, Error: Display> + Serialize,
{
    let old: Old = serde_json::from_value(body).map_err(|error| error.to_string())?;
    let new = New::try_from(old).map_err(|error| error.to_string())?;
    serde_json::to_value(new).map_err(|error| error.to_string())
}

/// Whether they are numbered from 0001 on, in order.
pub(super) const fn are_numbered(mut migrations: &[BodyMigration]) -> bool {
    let mut number = 1;
    while let [first, rest @ ..] = migrations {
        match first.id.as_bytes() {
            [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', d @ b'0'..=b'9', b'-', _, ..] => {
                let thousands = (*a - b'0') as u32 * 10 + (*b - b'0') as u32;
                if thousands * 100 + (*c - b'0') as u32 * 10 + (*d - b'0') as u32 != number {
                    return false;
                }
            }
            _ => return false,
        }
        number += 1;
        migrations = rest;
    }
    true
}

/// All migrations of a collection, oldest first: how its bodies are read and written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema(pub(super) &'static [BodyMigration]);

impl Schema {
    /// Of the bodies that are written.
    pub(super) const fn version(self) -> u64 {
        self.0.len() as u64
    }

    /// Whether a migration changes this field, or what it is in, or what is in it.
    pub(super) fn changes(self, field: &str) -> bool {
        let holds = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut changed = self.0.iter().flat_map(|migration| migration.changes);
        changed.any(|changed| holds(changed, field) || holds(field, changed))
    }

    /// The body as text, with its schema version. A collection that never had a migration has none.
    pub(super) fn write(self, body: &impl Serialize) -> Result<String, String> {
        let mut body = serde_json::to_value(body).map_err(|error| error.to_string())?;
        if let Value::Object(members) = &mut body {
            if members.contains_key(SCHEMA_VERSION) {
                return Err(format!("the member {SCHEMA_VERSION} is not the service's"));
            }
            if self.version() > 0 {
                members.insert(SCHEMA_VERSION.to_owned(), self.version().into());
            }
        }
        Ok(body.to_string())
    }

    /// A stored body as it is today, whatever it was when it was written.
    pub(super) fn read(self, id: &str, text: &str) -> Result<Value, DocumentsError> {
        let (found, mut body) = parse(id, text)?;
        let known = self.version();
        if found > known {
            let newer = DocumentsError::NewerBody { id: id.to_owned(), found, known };
            log::error(newer.to_string());
            return Err(newer);
        }
        for migration in self.0.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
            body = (migration.run)(body)
                .map_err(|reason| wrong(id, format!("migration {}: {reason}", migration.id)))?;
        }
        Ok(body)
    }

    /// Whether a stored body is older than those that are written.
    pub(super) fn is_outdated(self, id: &str, text: &str) -> Result<bool, DocumentsError> {
        Ok(parse(id, text)?.0 < self.version())
    }
}

/// Its schema version, and the body without it.
fn parse(id: &str, text: &str) -> Result<(u64, Value), DocumentsError> {
    let mut members: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| wrong(id, error.to_string()))?;
    let version = match members.remove(SCHEMA_VERSION) {
        None => 0,
        Some(version) => version.as_u64().ok_or_else(|| {
            wrong(id, format!("{version} is not a schema version, which counts migrations"))
        })?,
    };
    Ok((version, Value::Object(members)))
}

fn wrong(id: &str, reason: String) -> DocumentsError {
    DocumentsError::Body { id: id.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(deny_unknown_fields)]
    struct First {
        by: String,
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Second {
        author: String,
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Third {
        author: String,
        words: usize,
    }

    impl From<First> for Second {
        fn from(First { by }: First) -> Self {
            Self { author: by }
        }
    }

    impl TryFrom<Second> for Third {
        type Error = String;

        fn try_from(Second { author }: Second) -> Result<Self, String> {
            let words = author.split_whitespace().count();
            if words == 0 { Err("nobody wrote it".into()) } else { Ok(Self { author, words }) }
        }
    }

    const ALL: &[BodyMigration] = &[
        BodyMigration::new::<First, Second>("0001-author", &["by", "author"]),
        BodyMigration::new::<Second, Third>("0002-words", &["words.count"]),
    ];

    fn read(schema: Schema, text: &str) -> Result<Value, DocumentsError> {
        schema.read("n1", text)
    }

    #[test]
    fn a_body_of_each_earlier_form_is_read_as_it_is_today() {
        let today = json!({ "author": "Ada Lovelace", "words": 2 });
        for text in [
            r#"{"by":"Ada Lovelace"}"#,
            r#"{"_schema_version":0,"by":"Ada Lovelace"}"#,
            r#"{"_schema_version":1,"author":"Ada Lovelace"}"#,
            &Schema(ALL).write(&today).unwrap(),
        ] {
            assert_eq!(read(Schema(ALL), text).unwrap(), today, "{text}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_migrated_names_document_and_migration() {
        for (text, part) in [
            (r#"{"by":" "}"#, "migration 0002-words: nobody wrote it"),
            (r#"{"author":"Ada"}"#, "migration 0001-author: unknown field"),
            (r#"{"_schema_version":"1","author":"Ada"}"#, "is not a schema version"),
            ("[]", "invalid type"),
        ] {
            let DocumentsError::Body { id, reason } = read(Schema(ALL), text).unwrap_err() else {
                panic!("{text}");
            };
            assert!(id == "n1" && reason.contains(part), "{text}: {reason}");
        }
    }

    #[test]
    fn a_body_that_went_through_more_migrations_than_there_are_is_refused() {
        for (known, found) in [(&ALL[..0], 1), (&ALL[..1], 2), (ALL, 3)] {
            let text = format!(r#"{{"_schema_version":{found},"author":"Ada"}}"#);
            let known = Schema(known);
            let newer = DocumentsError::NewerBody { id: "n1".into(), found, known: known.version() };
            assert_eq!(read(known, &text), Err(newer));
        }
    }

    #[test]
    fn the_schema_version_is_written_only_where_there_are_migrations_and_never_by_the_service() {
        assert_eq!(Schema(&[]).write(&json!({"a": 1})).unwrap(), r#"{"a":1}"#);
        assert_eq!(Schema(ALL).write(&json!({"a": 1})).unwrap(), r#"{"_schema_version":2,"a":1}"#);
        for schema in [Schema(&[]), Schema(ALL)] {
            assert!(schema.write(&json!({ "_schema_version": 2 })).is_err());
        }
    }

    #[test]
    fn a_change_of_a_field_is_one_of_what_is_in_it_and_of_what_it_is_in() {
        for (field, changes) in [
            ("author", true),
            ("author.name", true),
            ("words", true),
            ("words.count", true),
            ("words.counted", false),
            ("authors", false),
            ("pages", false),
        ] {
            assert_eq!(Schema(ALL).changes(field), changes, "{field}");
        }
    }

    #[test]
    fn migrations_are_numbered_from_one_without_gaps() {
        let of = |ids: &[&'static str]| {
            let all: Vec<_> = ids.iter().map(|id| BodyMigration::new::<First, Second>(id, &[])).collect();
            are_numbered(&all)
        };
        assert!(of(&[]) && of(&["0001-a", "0002-b"]));
        for wrong in [&["0000-a"][..], &["0002-a"], &["0001-a", "0003-b"], &["0001-"], &["0001"], &["1-a"]] {
            assert!(!of(wrong), "{wrong:?}");
        }
    }
}
