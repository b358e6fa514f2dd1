//! Those who write books.

use lyceum_kit::prelude::{Timestamp, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// A librarian added an author.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorAdded {
    /// The author.
    pub author_id: Uuid,
    /// The author as the older library counts them, from 1; it never changes and is never given again.
    pub number: i64,
    /// As it is read: Virginia Woolf.
    pub name: String,
    /// As it is sorted: Woolf, Virginia.
    pub sort_name: String,
    /// Other forms of the name, and other names.
    pub variants: Vec<String>,
    /// In the proleptic Gregorian calendar; the year 0 is 1 BC.
    pub birth_year: Option<i16>,
    /// As the year of birth, and not before it.
    pub death_year: Option<i16>,
    /// In the Virtual International Authority File: digits.
    pub viaf: Option<String>,
    /// International Standard Name Identifier (ISO 27729): 16 characters without spaces.
    pub isni: Option<String>,
    /// ORCID iD: four groups of four characters, with hyphens.
    pub orcid: Option<String>,
    /// When the author was added.
    pub added_at: Timestamp,
}
event!(AuthorAdded, "lyceum.authors.AuthorAdded.v1", about "author" in author_id);

/// What is known of an author has changed, whatever it is: the author as they are known now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorChanged {
    /// The author.
    pub author_id: Uuid,
    /// The author as the older library counts them, from 1; it never changes and is never given again.
    pub number: i64,
    /// As it is read: Virginia Woolf.
    pub name: String,
    /// As it is sorted: Woolf, Virginia.
    pub sort_name: String,
    /// Other forms of the name, and other names.
    pub variants: Vec<String>,
    /// In the proleptic Gregorian calendar; the year 0 is 1 BC.
    pub birth_year: Option<i16>,
    /// As the year of birth, and not before it.
    pub death_year: Option<i16>,
    /// In the Virtual International Authority File: digits.
    pub viaf: Option<String>,
    /// International Standard Name Identifier (ISO 27729): 16 characters without spaces.
    pub isni: Option<String>,
    /// ORCID iD: four groups of four characters, with hyphens.
    pub orcid: Option<String>,
    /// When it changed.
    pub changed_at: Timestamp,
}
event!(AuthorChanged, "lyceum.authors.AuthorChanged.v1", about "author" in author_id);

/// An author whom no book names is gone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorRemoved {
    /// The author.
    pub author_id: Uuid,
    /// As the older library counted them.
    pub number: i64,
    /// When the author was deleted.
    pub removed_at: Timestamp,
}
event!(AuthorRemoved, "lyceum.authors.AuthorRemoved.v1", about "author" in author_id);
