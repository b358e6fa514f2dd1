//! Authors that are taken over from the older library, with their numbers.

use std::collections::BTreeMap;

use lyceum_kit::job::RowWrites;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::takeover::{self, Judged, Slice, SliceAnswer, Verdict};
use serde::Deserialize;

use crate::domain::{Author, AuthorFields};
use crate::{events, store};

/// An author as the file has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryAuthor {
    number: i64,
    name: String,
    bio: Option<String>,
}

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(takeover::ACCESS, route!(take_over).without_idempotency())
}

/// Takes authors over from the older library: a slice of its records. Those that are there already stay as they are, and
/// new authors get higher numbers from then on.
#[utoipa::path(post, path = "/api/v1/authors/library-imports", operation_id = "import_library_authors", request_body = Slice, responses(
    (status = 200, body = SliceAnswer, description = "What became of each row"),
    (status = 422, description = "It is no slice of 1 to 500 rows"),
))]
async fn take_over(context: Context, ValidJson(slice): ValidJson<Slice>) -> Result<Response, Problem> {
    slice.take(&context, judge).map(IntoResponse::into_response)
}

fn judge(rows: Vec<LibraryAuthor>) -> Result<Vec<Judged>, Problem> {
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let known: BTreeMap<i64, String> = store::names_by_number(&numbers)?.into_iter().collect();
    let judged = rows.into_iter().map(|row| {
        let (key, known) = (row.number.to_string(), known.get(&row.number));
        Judged::new(key, author(row, known)).remembered()
    });
    Ok(judged.collect())
}

fn author(row: LibraryAuthor, known: Option<&String>) -> Result<Verdict, Problem> {
    let LibraryAuthor { number, name, bio } = row;
    let mut valid = Validation::new();
    valid.take("/number", takeover::counted(number));
    valid.finish()?;
    let author = Author::new(AuthorFields { name, biography: bio, ..AuthorFields::default() })?;
    let author = Author { number, ..author };
    let taken = || {
        let detail = "Another author has this number, or this one was renamed since.";
        Problem::conflict("AUTHOR_NUMBER_TAKEN", detail)
    };
    match known {
        Some(name) if *name == author.name => return Ok(Verdict::Present),
        Some(_) => return Err(taken()),
        None => {}
    }
    let writes = RowWrites::new()
        .execute(author.insert())
        .on_unique("authors.number", taken())
        .execute_all(store::named(&author))
        .execute(store::NUMBERS.at_least("", number))
        .publish(&events::added(&author));
    Ok(Verdict::Add(writes))
}
