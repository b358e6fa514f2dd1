//! Books that the library doesn't have, as an API on the internet knows them: that of Open Library, or one that answers alike.

use std::time::Duration;

use lyceum_kit::http::{CallError, Service};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whoever asks waits no longer than this.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many books are asked for.
const MOST: usize = 20;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TitleAsked {
    /// Words of the title.
    title: String,
}

/// A book that somebody else knows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExternalBook {
    title: String,
    /// The first of them.
    author: Option<String>,
    isbn: Option<String>,
    publisher: Option<String>,
}

/// As the API answers: <https://openlibrary.org/dev/docs/api/search>.
#[derive(Debug, Deserialize)]
struct Answer {
    docs: Vec<Work>,
}

#[derive(Debug, Deserialize)]
struct Work {
    title: String,
    #[serde(default)]
    author_name: Vec<String>,
    #[serde(default)]
    isbn: Vec<String>,
    #[serde(default)]
    publisher: Vec<String>,
}

impl From<Work> for ExternalBook {
    fn from(Work { title, author_name, isbn, publisher }: Work) -> Self {
        let first = |texts: Vec<String>| texts.into_iter().next();
        Self { title, author: first(author_name), isbn: first(isbn), publisher: first(publisher) }
    }
}

/// Books of this title in an API on the internet, if the operator has named one; none if it fails or is slow.
#[utoipa::path(get, operation_id = "library_search_external_books", path = "/legacy/books/external/search",
    params(TitleAsked), responses((status = 200, body = Vec<ExternalBook>)))]
pub(super) async fn search(Query(asked): Query<TitleAsked>) -> Result<Response, Problem> {
    let Some(api) = config::get("book_api")? else {
        return Ok(Json(Vec::<ExternalBook>::new()).into_response());
    };
    let found = ask(&api, &asked.title).unwrap_or_else(|error| {
        log::warn(format!("no books from {api}: {error}"));
        Vec::new()
    });
    Ok(Json(found).into_response())
}

fn ask(api: &str, title: &str) -> Result<Vec<ExternalBook>, CallError> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("title", title).append_pair("fields", "title,author_name,isbn,publisher");
    query.append_pair("limit", &MOST.to_string());
    let path = format!("/search.json?{}", query.finish());
    let answer: Answer = Service::outside(api).within(PATIENCE).get(&path)?;
    Ok(answer.docs.into_iter().take(MOST).map(Into::into).collect())
}
