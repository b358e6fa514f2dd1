//! The older library's face: which genres a book may have, and reports about them.

mod reports;

use lyceum_kit::dialect::{LIBRARY, SearchPage};
use lyceum_kit::list::{ListRequest, Scope};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Genre;
use crate::store::{ARCHIVED, BEGINS, Genres};

pub(crate) fn routes() -> Routes {
    let staff_and_readers = Access::RolesAlone(&[Role::Librarian, Role::Reader]);
    let staff = Access::RolesAlone(&[Role::Librarian]);
    Routes::new("", "")
        .add(staff_and_readers, route!(search))
        .add(staff, route!(reports::top))
        .add(staff, route!(reports::per_genre))
        .add(staff, route!(reports::per_month))
        .add(staff, route!(reports::durations))
        .add(staff, route!(reports::average_of_period))
        .dialect(&LIBRARY)
}

/// What the library's clients send to each of its searches.
#[derive(Debug, Deserialize, ToSchema)]
struct GenreSearch {
    page: Option<SearchPage>,
    query: Option<GenreQuery>,
}

/// What is searched for.
#[derive(Debug, Deserialize, ToSchema)]
struct GenreQuery {
    /// How the name begins; nothing is every genre.
    name: Option<String>,
}

/// A page of a search.
#[derive(Debug, Serialize, ToSchema)]
struct GenreViews {
    items: Vec<GenreView>,
}

/// A genre, as the library's clients know it.
#[derive(Debug, Serialize, ToSchema)]
struct GenreView {
    genre: String,
}

impl From<Genre> for GenreView {
    fn from(genre: Genre) -> Self {
        Self { genre: genre.name }
    }
}

/// Genres that a book may have, by name, a numbered page at a time.
#[utoipa::path(post, path = "/legacy/genres/search", request_body = GenreSearch,
    responses((status = 200, body = GenreViews)))]
async fn search(ValidJson(asked): ValidJson<GenreSearch>) -> Result<Response, Problem> {
    let page = asked.page.unwrap_or_default().page()?;
    let name = asked.query.and_then(|query| query.name);
    let genres = ListRequest::<Genres>::from_body()
        .only(ARCHIVED, false)
        .search("/query/name", BEGINS, name.as_deref())
        .finish()?
        .offset_page(&Scope::all(), page)?;
    Ok(Json(GenreViews { items: genres.into_iter().map(GenreView::from).collect() }).into_response())
}
