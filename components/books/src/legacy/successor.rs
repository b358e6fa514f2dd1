//! A book that a client of the library's successor adds: as JSON that names it, and without an answer but that it was taken.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use serde::Deserialize;
use utoipa::ToSchema;

use super::form;
use crate::domain::{Book, BookFields, Contributor, ContributorRole, Isbn};
use crate::store::{self, authors, books::isbn_taken, genres};
use crate::{events, legacy::changing};

/// A new book; other members, such as `photoURI` and `correlationId`, are ignored.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookSent {
    /// Ten or thirteen digits.
    #[schema(value_type = String)]
    isbn: Option<String>,
    /// 1 to 128 characters.
    #[schema(value_type = String)]
    title: Option<String>,
    /// The id of a genre, or its name.
    #[schema(value_type = String)]
    genre_id: Option<Key>,
    /// At most 4,096 characters of HTML, of which formatting and links are shown.
    description: Option<String>,
    /// At least one who is known by their number, or has a name.
    #[schema(value_type = Vec<AuthorSent>)]
    authors: Option<Vec<AuthorSent>>,
}

/// Somebody who wrote it; other members, such as `bio`, are ignored.
#[derive(Debug, Deserialize, ToSchema)]
struct AuthorSent {
    /// The number of an author who has a record.
    #[schema(value_type = Option<String>)]
    id: Option<Key>,
    /// How somebody is called who has none.
    name: Option<String>,
}

/// A text, or a number, which is its text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Key {
    Text(String),
    Number(i64),
}

impl Key {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Adds a book. What is there already, or isn't there yet, is a conflict.
#[utoipa::path(put, operation_id = "library_add_book", path = "/legacy/books", request_body = BookSent, responses(
    (status = 202, description = "It was taken; the header `X-Correlation-ID` says by what it can be followed"),
    (status = 400, description = "A field is wrong or missing"),
    (status = 409, description = "Another book has this ISBN, or there is no such genre, or nobody of the authors is known"),
))]
pub(super) async fn create(
    context: Context,
    ValidJson(sent): ValidJson<BookSent>,
) -> Result<Response, Problem> {
    let book = Book::new(sent.fields()?).map_err(changing::refused)?;
    context
        .begin()
        .execute(book.insert())
        .on_unique("books.isbn", isbn_taken)
        .execute_all(store::books::found(&book))
        .publish(&events::book_added(&book))
        .respond(StatusCode::ACCEPTED.into_response())
        .commit()
}

impl BookSent {
    fn fields(self) -> Result<BookFields, Problem> {
        let mut wrong = Vec::new();
        let isbn = given("isbn", self.isbn, &mut wrong);
        let title = given("title", self.title, &mut wrong);
        let genre = given("genreId", self.genre_id.map(Key::text), &mut wrong);
        if self.authors.is_none() {
            wrong.push(missing("authors", None));
        }
        let (Some(isbn), Some(title), Some(genre), Some(authors)) = (isbn, title, genre, self.authors) else {
            return Err(Problem::invalid(wrong).with_object("createBookRequest"));
        };
        if !Isbn::is_plain(&isbn) {
            return Err(form::refused("Invalid ISBN"));
        }
        Ok(BookFields {
            isbn: Some(isbn),
            title: form::title(&title)?,
            description: self.description.filter(|text| !text.trim().is_empty()),
            genre_id: Some(genre_called(&genre)?),
            contributors: writers(authors)?,
            ..BookFields::default()
        })
    }
}

fn given(field: &str, value: Option<String>, wrong: &mut Vec<FieldViolation>) -> Option<String> {
    match value {
        Some(text) if !text.trim().is_empty() => Some(text),
        value => {
            wrong.push(missing(field, value));
            None
        }
    }
}

fn missing(field: &str, value: Option<String>) -> FieldViolation {
    let violation = Violation::new("REQUIRED", "must not be blank").at(format!("/{field}"));
    match value {
        Some(value) => violation.rejecting(value),
        None => violation,
    }
}

/// The genre in use that has this id or name.
fn genre_called(text: &str) -> Result<Uuid, Problem> {
    let by_id = match Uuid::parse_str(text) {
        Ok(id) => genres::is_in_use(id)?.filter(|in_use| *in_use).map(|_| id),
        Err(_) => None,
    };
    let found = match by_id {
        Some(id) => Some(id),
        None => genres::in_use_named(text)?,
    };
    found.ok_or_else(|| Problem::conflict("GENRE_UNKNOWN", format!("There is no genre {text}.")))
}

/// Those who have a record, by their numbers, and those who have a name alone, in that order; nobody twice.
fn writers(sent: Vec<AuthorSent>) -> Result<Vec<Contributor>, Problem> {
    let number = |author: &AuthorSent| author.id.clone().and_then(|id| id.text().parse::<i64>().ok());
    let numbers: Vec<i64> = sent.iter().filter_map(number).collect();
    let known = authors::with_numbers(&numbers)?;
    let mut contributors: Vec<Contributor> = Vec::new();
    for author in sent {
        let record = number(&author).and_then(|number| known.get(&number));
        let (author_id, name) = match (record, author.name) {
            (Some(record), _) => (Some(record.author_id), record.name.clone()),
            (None, Some(name)) if !name.trim().is_empty() => (None, name.trim().to_owned()),
            (None, _) => continue,
        };
        let contributor = Contributor { author_id, name, role: ContributorRole::Author };
        if !contributors.contains(&contributor) {
            contributors.push(contributor);
        }
    }
    if contributors.is_empty() {
        return Err(Problem::conflict("AUTHOR_UNKNOWN", "Nobody of the authors is known."));
    }
    Ok(contributors)
}
