//! What the library's clients send of a book.

use lyceum_kit::dialect::{FormText, FormTexts, LibraryForm};
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{BookFields, Contributor, ContributorRole};
use crate::store::{authors, genres};

/// The most characters that a title had.
const TITLE_LIMIT: usize = 128;

/// The form, for the description of the API.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "it is there for the description")]
pub(super) struct Sent {
    /// 1 to 128 characters.
    title: Option<String>,
    /// The name of a genre, exactly.
    genre: Option<String>,
    /// The numbers of authors. Those that are nobody's are left out.
    authors: Option<Vec<String>>,
    /// At most 4,096 characters of HTML, of which formatting and links are shown.
    description: Option<String>,
    /// PNG or JPEG of at most 20,000 bytes.
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<Vec<u8>>,
}

/// The fields that are read; a client may send others.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    title: FormText,
    genre: FormText,
    authors: FormTexts,
    description: FormText,
}

/// What was sent. An extractor.
pub(super) type BookForm = LibraryForm<Fields>;

pub(super) fn refused(detail: impl Into<String>) -> Problem {
    Problem::bad_request("ILLEGAL_ARGUMENT", detail.into())
}

/// What a new book is, of what was sent.
pub(super) fn new_fields(form: &BookForm, isbn: &str) -> Result<BookFields, Problem> {
    let Fields { title, genre, authors, .. } = &form.fields;
    let complete = title.0.is_some() && genre.0.is_some() && authors.0.is_some();
    let fields = with(form, BookFields { isbn: Some(isbn.to_owned()), ..BookFields::default() })?;
    if complete { Ok(fields) } else { Err(refused("A book has a title, a genre and authors.")) }
}

/// These fields with what was sent in their place.
pub(super) fn with(form: &BookForm, mut fields: BookFields) -> Result<BookFields, Problem> {
    let Fields { title, genre, authors, description } = form.fields.clone();
    if let Some(text) = title.0 {
        fields.title = self::title(&text)?;
    }
    if let Some(text) = description.0 {
        fields.description = Some(text).filter(|text| !text.trim().is_empty());
    }
    if let Some(name) = genre.0 {
        let known = genres::in_use_named(&name)?;
        fields.genre_id = Some(known.ok_or_else(|| refused(format!("There is no genre {name}.")))?);
    }
    if let Some(numbers) = authors.0 {
        let mut contributors = found(&numbers)?;
        // Who translated it, say, is not known there, and stays.
        contributors.extend(fields.contributors.into_iter().filter(|other| !other.is_author()));
        fields.contributors = contributors;
    }
    Ok(fields)
}

/// The title without blanks around it.
pub(super) fn title(text: &str) -> Result<String, Problem> {
    let title = text.trim();
    if title.is_empty() || title.chars().count() > TITLE_LIMIT {
        return Err(refused("A title has 1 to 128 characters."));
    }
    Ok(title.to_owned())
}

/// The authors with these numbers, in that order; nobody twice.
fn found(numbers: &[String]) -> Result<Vec<Contributor>, Problem> {
    let read = |number: &String| {
        number.trim().parse::<i64>().map_err(|_| {
            let detail = format!("Failed to convert the author number {number} to a number.");
            Problem::bad_request("NOT_A_NUMBER", detail)
        })
    };
    let numbers = numbers.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let known = authors::with_numbers(&numbers)?;
    let mut contributors: Vec<Contributor> = Vec::new();
    for author in numbers.iter().filter_map(|number| known.get(number)) {
        let (author_id, name) = (Some(author.author_id), author.name.clone());
        let contributor = Contributor { author_id, name, role: ContributorRole::Author };
        if !contributors.contains(&contributor) {
            contributors.push(contributor);
        }
    }
    if contributors.is_empty() {
        return Err(refused("Author list is empty"));
    }
    Ok(contributors)
}
