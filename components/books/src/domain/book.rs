//! What is said of a book.

use lyceum_kit::pictures::Picture;
use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::ToSchema;

use super::line::{line, optional_line};
use super::{Contributor, Isbn, Language};

/// So many may have taken part in a book.
const MAX_CONTRIBUTORS: usize = 100;
/// So many subjects may a book have.
const MAX_SUBJECTS: usize = 50;
/// Years that a book may be of.
const YEARS: std::ops::RangeInclusive<i64> = 1..=9_999;
/// Books are ordered by this many characters of their titles: what an index has room for.
const ORDERED_BY: usize = 100;

/// What a librarian says of a book.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookFields {
    /// ISBN-10 or ISBN-13, with hyphens or without; no other book has it. Null if the book has none.
    pub(crate) isbn: Option<String>,
    /// One line of 1 to 500 characters.
    pub(crate) title: String,
    /// One line of at most 500 characters.
    pub(crate) subtitle: Option<String>,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// What it is about: at most 50, each one line of 1 to 200 characters.
    #[serde(default)]
    pub(crate) subjects: Vec<String>,
    /// A language tag (BCP 47) with a code of ISO 639, such as `pt`, `grc` or `zh-Hant`.
    pub(crate) language: Option<String>,
    /// When it was published, 1 to 9999.
    pub(crate) year: Option<i64>,
    /// One line of at most 200 characters.
    pub(crate) publisher: Option<String>,
    /// Who took part, in the order in which they stand on the book: at most 100.
    #[serde(default)]
    pub(crate) contributors: Vec<Contributor>,
    /// Its genre in `/api/v1/genres`, which must not be archived.
    pub(crate) genre_id: Option<Uuid>,
}

/// A book, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    pub(crate) id: Uuid,
    pub(crate) isbn: Option<Isbn>,
    /// Whether it was given in its older form, in which the older library's clients see it.
    pub(crate) isbn_given_as_ten: bool,
    pub(crate) title: String,
    /// What it is sorted by.
    pub(crate) title_folded: String,
    pub(crate) subtitle: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) subjects: AsJson<Vec<String>>,
    pub(crate) language: Option<Language>,
    pub(crate) year: Option<i64>,
    pub(crate) publisher: Option<String>,
    pub(crate) contributors: AsJson<Vec<Contributor>>,
    pub(crate) genre_id: Option<Uuid>,
    pub(crate) item_count: i64,
    pub(crate) available_count: i64,
    pub(crate) cover: Option<AsJson<Picture>>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Book {
    /// A new book, without items.
    pub(crate) fn new(fields: BookFields) -> Result<Self, Invalid> {
        let now = clock::now();
        let nothing = Self {
            id: ids::new(),
            isbn: None,
            isbn_given_as_ten: false,
            title: String::new(),
            title_folded: String::new(),
            subtitle: None,
            description: None,
            subjects: AsJson(Vec::new()),
            language: None,
            year: None,
            publisher: None,
            contributors: AsJson(Vec::new()),
            genre_id: None,
            item_count: 0,
            available_count: 0,
            cover: None,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        nothing.with(fields)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: BookFields) -> Result<Self, Invalid> {
        let BookFields { isbn, title, subtitle, description, subjects, .. } = fields;
        let BookFields { language, year, publisher, contributors, genre_id, .. } = fields;
        let mut valid = Validation::new();
        let isbn = given(isbn);
        let isbn_given_as_ten = isbn.as_deref().is_some_and(Isbn::is_ten);
        let isbn = isbn.and_then(|isbn| valid.take("/isbn", Isbn::parse(&isbn)));
        let title = valid.take("/title", line(&title, 500)).unwrap_or_default();
        let subtitle = valid.take("/subtitle", optional_line(subtitle.as_ref(), 500)).flatten();
        let publisher = valid.take("/publisher", optional_line(publisher.as_ref(), 200)).flatten();
        let description = given(description).map(|text| text.nfc().collect::<String>());
        valid
            .take("/description", text::optional(description.as_ref(), |text| text::paragraphs(text, 4_096)));
        let language = given(language).and_then(|tag| valid.take("/language", Language::parse(&tag)));
        valid.check(
            "/year",
            year.is_none_or(|year| YEARS.contains(&year)),
            "YEAR",
            "Must be from 1 to 9999.",
        );
        let subjects = checked_subjects(subjects, &mut valid);
        let contributors = checked_contributors(contributors, &mut valid);
        valid.into_result()?;
        let (title_folded, version, updated_at) = (sorted_by(&title), self.version + 1, clock::now());
        let (subjects, contributors) = (AsJson(subjects), AsJson(contributors));
        Ok(Self {
            isbn,
            isbn_given_as_ten,
            title,
            title_folded,
            subtitle,
            description,
            subjects,
            language,
            year,
            publisher,
            contributors,
            genre_id,
            version,
            updated_at,
            cover: self.cover.clone(),
            ..*self
        })
    }

    /// Its next version, with the same fields.
    pub(crate) fn touched(&self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }

    /// Its ISBN in the form in which it was given, digits alone.
    pub(crate) fn isbn_as_given(&self) -> Option<String> {
        let isbn = self.isbn?;
        let ten = self.isbn_given_as_ten.then(|| isbn.ten()).flatten();
        Some(ten.unwrap_or_else(|| isbn.to_string()))
    }

    /// What is said of it.
    pub(crate) fn fields(&self) -> BookFields {
        let book = self.clone();
        BookFields {
            isbn: self.isbn_as_given(),
            title: book.title,
            subtitle: book.subtitle,
            description: book.description,
            subjects: book.subjects.0,
            language: book.language.map(|language| language.as_str().to_owned()),
            year: book.year,
            publisher: book.publisher,
            contributors: book.contributors.0,
            genre_id: book.genre_id,
        }
    }
}

/// Blank is nothing.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// What a book with this title is sorted by.
pub(crate) fn sorted_by(title: &str) -> String {
    text::fold(title).chars().take(ORDERED_BY).collect()
}

fn checked_subjects(subjects: Vec<String>, valid: &mut Validation) -> Vec<String> {
    valid.check("/subjects", subjects.len() <= MAX_SUBJECTS, "TOO_MANY", "At most 50.");
    let mut kept: Vec<String> = Vec::new();
    for (number, subject) in subjects.into_iter().enumerate() {
        let Some(subject) = valid.take(&format!("/subjects/{number}"), line(&subject, 200)) else { continue };
        // Said twice is said once.
        if kept.iter().all(|known| text::fold(known) != text::fold(&subject)) {
            kept.push(subject);
        }
    }
    kept
}

fn checked_contributors(contributors: Vec<Contributor>, valid: &mut Validation) -> Vec<Contributor> {
    valid.check("/contributors", contributors.len() <= MAX_CONTRIBUTORS, "TOO_MANY", "At most 100.");
    let mut kept: Vec<Contributor> = Vec::new();
    for (number, contributor) in contributors.into_iter().enumerate() {
        let at = format!("/contributors/{number}");
        let contributor = contributor.checked(&at, valid);
        valid.check(&at, !kept.contains(&contributor), "REPEATED", "Is there already.");
        kept.push(contributor);
    }
    kept
}
