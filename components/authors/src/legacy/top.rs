//! Whose books are lent most, as the library's clients ask.

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::books::{Lent, most_lent};

/// So many authors are at the top.
const TOP: u32 = 5;

/// An author and how often their books were lent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LentAuthor {
    author_name: String,
    lending_count: i64,
}

/// The authors whose books were lent most often.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LentAuthors {
    items: Vec<LentAuthor>,
}

/// The five authors whose books were lent most often, ever.
#[utoipa::path(get, operation_id = "library_top_authors", path = "/legacy/authors/top5", responses(
    (status = 200, body = LentAuthors),
    (status = 404, description = "Nothing was ever lent"),
))]
pub(super) async fn get() -> Result<Response, Problem> {
    let view = |Lent { name, count }| LentAuthor { author_name: name, lending_count: count };
    let items: Vec<_> = most_lent(TOP)?.into_iter().map(view).collect();
    if items.is_empty() {
        return Err(Problem::not_found("No data to show."));
    }
    Ok(Json(LentAuthors { items }).into_response())
}
