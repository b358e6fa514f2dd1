//! Books that are taken over from the older library, by their ISBNs. Copies were not counted there: they have none.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::job::RowWrites;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::takeover::{self, Judged, Slice, SliceAnswer, Verdict, name_key, reference};
use serde::Deserialize;

use crate::domain::{Book, BookFields, Contributor, ContributorRole, Isbn};
use crate::events;
use crate::store::{authors, books, library_import};

/// A book as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryBook {
    /// Ten or thirteen digits; clients of the older library see them as they are here.
    isbn: String,
    title: String,
    /// The name of its genre.
    genre: String,
    /// The numbers of who wrote it, in their order.
    authors: Vec<i64>,
    description: Option<String>,
}

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(takeover::ACCESS, route!(take_over).without_idempotency())
}

/// Takes books over from the older library: a slice of its records. Those whose ISBN is there already stay as they are. What
/// names a genre or an author of whom nothing was heard yet waits.
#[utoipa::path(post, path = "/api/v1/books/library-imports", operation_id = "import_library_books", request_body = Slice, responses(
    (status = 200, body = SliceAnswer, description = "What became of each row"),
    (status = 422, description = "It is no slice of 1 to 500 rows"),
))]
async fn take_over(context: Context, ValidJson(slice): ValidJson<Slice>) -> Result<Response, Problem> {
    slice.take(&context, judge).map(IntoResponse::into_response)
}

/// What is known of that which a slice names.
struct Known {
    isbns: BTreeSet<String>,
    genres: BTreeMap<String, Uuid>,
    authors: BTreeMap<i64, authors::AuthorSeen>,
}

fn judge(rows: Vec<LibraryBook>) -> Result<Vec<Judged>, Problem> {
    let isbns: Vec<Result<Isbn, Violation>> = rows.iter().map(|row| Isbn::parse(&row.isbn)).collect();
    let asked: Vec<Isbn> = isbns.iter().flatten().copied().collect();
    let names: BTreeSet<String> = rows.iter().map(|row| name_key(&row.genre)).collect();
    let numbers: Vec<i64> = rows.iter().flat_map(|row| row.authors.iter().copied()).collect();
    let known = Known {
        isbns: library_import::known_isbns(&asked)?,
        genres: library_import::genres_in_use(&names)?,
        authors: authors::with_numbers(&numbers)?,
    };
    let judged = isbns.into_iter().zip(rows).map(|(isbn, row)| match isbn {
        Ok(isbn) => Judged::new(isbn.to_string(), book(row, &isbn.to_string(), &known)).remembered(),
        Err(wrong) => Judged::new(row.isbn, Err(Problem::invalid(vec![wrong.at("/isbn")]))),
    });
    Ok(judged.collect())
}

fn book(row: LibraryBook, isbn: &str, known: &Known) -> Result<Verdict, Problem> {
    if known.isbns.contains(isbn) {
        return Ok(Verdict::Present);
    }
    let mut valid = Validation::new();
    valid.check("/authors", !row.authors.is_empty(), "REQUIRED", "Somebody wrote it.");
    valid.finish()?;
    let genre = name_key(&row.genre);
    let mut missing = Vec::new();
    let genre_id = known.genres.get(&genre).copied();
    if genre_id.is_none() {
        missing.push(reference("genre", genre));
    }
    let mut contributors: Vec<Contributor> = Vec::new();
    for number in row.authors {
        let Some(author) = known.authors.get(&number) else {
            missing.push(reference("author", number.to_string()));
            continue;
        };
        let (author_id, name) = (Some(author.author_id), author.name.clone());
        let contributor = Contributor { author_id, name, role: ContributorRole::Author };
        if !contributors.contains(&contributor) {
            contributors.push(contributor);
        }
    }
    let (isbn, title, description) = (Some(row.isbn), row.title, row.description);
    let book =
        Book::new(BookFields { isbn, title, description, contributors, genre_id, ..BookFields::default() })?;
    if !missing.is_empty() {
        return Ok(Verdict::Waits(missing));
    }
    let writes = RowWrites::new()
        .execute(book.insert())
        .on_unique("books.isbn", books::isbn_taken())
        .execute_all(books::found(&book))
        .publish(&events::book_added(&book));
    Ok(Verdict::Add(writes))
}
