//! The older library's face: which genres a book may have.

use lyceum_kit::dialect::LIBRARY;
use lyceum_kit::list::{ListQuery, OffsetPage, Scope};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Genre;
use crate::store::Genres;

pub(crate) fn routes() -> Routes {
    let staff_and_readers = Access::RolesAlone(&[Role::Librarian, Role::Reader]);
    Routes::new("", "").add(staff_and_readers, route!(search)).dialect(&LIBRARY)
}

/// What the library's clients send to each of its searches.
#[derive(Debug, Deserialize, ToSchema)]
struct GenreSearch {
    page: Option<SearchPage>,
    query: Option<GenreQuery>,
}

/// Which page of a search.
#[derive(Debug, Deserialize, ToSchema)]
struct SearchPage {
    /// From 1, which it is if it isn't given.
    number: Option<u32>,
    /// From 1 to 100; 10 if it isn't given.
    limit: Option<u32>,
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
    let SearchPage { number, limit } = asked.page.unwrap_or(SearchPage { number: None, limit: None });
    let (number, limit) = (number.unwrap_or(1), limit.unwrap_or(10));
    let page = OffsetPage::numbered(number, limit).filter(|_| (1..=100).contains(&limit));
    let page =
        page.ok_or_else(|| Problem::bad_request("PAGE", "There is no page with this number or limit."))?;
    let name = asked.query.and_then(|query| query.name).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new("/?archived=false".to_owned());
    query.append_pair("prefix", &name);
    let uri = query.finish().parse().map_err(|_| Problem::bad_request("NAME", "The name is too long."))?;
    let genres = ListQuery::<Genres>::of(&uri)?.offset_page(&Scope::all(), page)?;
    Ok(Json(GenreViews { items: genres.into_iter().map(GenreView::from).collect() }).into_response())
}
