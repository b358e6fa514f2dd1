//! Genres that are taken over from the older library, by their names.

use std::collections::BTreeMap;

use lyceum_kit::job::RowWrites;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::takeover::{self, Judged, Slice, SliceAnswer, Verdict, name_key};
use serde::Deserialize;

use crate::domain::{Genre, GenreFields};
use crate::events;
use crate::store::{self, name_taken};

/// A genre as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryGenre {
    name: String,
}

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(takeover::ACCESS, route!(take_over).without_idempotency())
}

/// Takes genres over from the older library: a slice of its records. Those that are there already stay as they are.
#[utoipa::path(post, path = "/api/v1/genres/library-imports", operation_id = "import_library_genres", request_body = Slice, responses(
    (status = 200, body = SliceAnswer, description = "What became of each row"),
    (status = 422, description = "It is no slice of 1 to 500 rows"),
))]
async fn take_over(context: Context, ValidJson(slice): ValidJson<Slice>) -> Result<Response, Problem> {
    slice.take(&context, judge).map(IntoResponse::into_response)
}

fn judge(rows: Vec<LibraryGenre>) -> Result<Vec<Judged>, Problem> {
    let keys: Vec<String> = rows.iter().map(|row| name_key(&row.name)).collect();
    let known: BTreeMap<String, String> = store::with_folded_names(&keys)?.into_iter().collect();
    let judged = keys.into_iter().zip(rows).map(|(key, row)| {
        let verdict = genre(row, known.get(&key));
        Judged::new(key, verdict).remembered()
    });
    Ok(judged.collect())
}

fn genre(LibraryGenre { name }: LibraryGenre, known: Option<&String>) -> Result<Verdict, Problem> {
    let fields = GenreFields { name, description: None, parent_id: None, archived: false };
    let genre = Genre::new(fields)?;
    match known {
        Some(name) if *name == genre.name => return Ok(Verdict::Present),
        // Older clients ask for it exactly as it is written.
        Some(_) => return Err(name_taken()),
        None => {}
    }
    let writes = RowWrites::new()
        .execute(genre.insert())
        .on_unique("genres.name_folded", name_taken())
        .execute_all(store::named(&genre))
        .publish(&events::added(&genre));
    Ok(Verdict::Add(writes))
}
