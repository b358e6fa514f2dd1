//! Readers that the library's clients look for.

use lyceum_kit::dialect::SearchPage;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::view::{LibraryReader, LibraryReaderWithQuote, ReaderList};
use super::{MAX_READERS, Numbered, answer, denied, own, quote, sees_all, tag};
use crate::domain::Reader;
use crate::store::older;

/// Which readers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Those with this telephone.
    phone_number: Option<String>,
    /// Those whose names hold this, whatever the case and the accents: for librarians.
    name: Option<String>,
}

fn found(readers: Vec<Reader>) -> Result<Vec<Reader>, Problem> {
    if readers.is_empty() { Err(Problem::not_found("No readers to show.")) } else { Ok(readers) }
}

/// Readers by telephone or name, the first 1,000 of them. Without either a reader gets their own record, and a librarian a
/// bare array of those who were added first.
#[utoipa::path(get, operation_id = "library_list_readers", path = "/legacy/readers", params(Wanted), responses(
    (status = 200, body = ReaderList),
    (status = 403, description = "A reader asked for a name"),
    (status = 404, description = "There is none, or who asks has no record"),
))]
pub(super) async fn list(
    context: Context,
    caller: MaybeCaller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let librarian = sees_all(&caller);
    let readers = match wanted {
        Wanted { phone_number: Some(number), .. } => older::with_phone_number(&number, MAX_READERS)?,
        Wanted { name: Some(_), .. } if !librarian => {
            return Err(denied("Only librarians look for names."));
        }
        Wanted { name: Some(name), .. } => older::named(&name, MAX_READERS)?,
        _ => {
            if let Some(caller) = caller.0.filter(|_| !librarian) {
                return own(&caller).map(|reader| answer(&context, &reader));
            }
            let readers = older::first(MAX_READERS)?;
            let views = readers.iter().map(|reader| LibraryReader::listed(&context, reader));
            return Ok(Json(views.collect::<Vec<_>>()).into_response());
        }
    };
    let list = ReaderList::of(&context, &found(readers)?);
    Ok(Json(if librarian { list } else { list.nameless() }).into_response())
}

/// What the library's clients send to each of its searches.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ReaderSearch {
    page: Option<SearchPage>,
    query: Option<ReaderQuery>,
}

/// What is searched for; one of these is enough. Blank is nothing, and nothing is everybody.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReaderQuery {
    /// What the name holds, whatever the case and the accents.
    name: Option<String>,
    phone_number: Option<String>,
    email: Option<String>,
}

/// Readers by name, a numbered page at a time: those whose name holds a text, or who have an address, or a telephone.
#[utoipa::path(post, operation_id = "library_search_readers", path = "/legacy/readers/search", request_body = ReaderSearch,
    responses(
        (status = 200, body = ReaderList),
        (status = 400, description = "There is no such page"),
        (status = 404, description = "There is none"),
    ))]
pub(super) async fn search(
    context: Context,
    ValidJson(asked): ValidJson<ReaderSearch>,
) -> Result<Response, Problem> {
    let page = asked.page.unwrap_or_default().page()?;
    let ReaderQuery { name, phone_number, email } = asked.query.unwrap_or_default();
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (name, email, phone_number) = (given(name), given(email), given(phone_number));
    let readers = found(older::any_of(older::Wanted { name, email, phone_number }, page)?)?;
    Ok(Json(ReaderList::of(&context, &readers)).into_response())
}

/// Shows a reader, and what happened in the month of their birth.
#[utoipa::path(get, operation_id = "library_show_reader", path = "/legacy/readers/{year}/{seq}", params(Numbered), responses(
    (status = 200, body = LibraryReaderWithQuote),
    (status = 404, description = "There is no such reader"),
))]
pub(super) async fn show(context: Context, Path(numbered): Path<Numbered>) -> Result<Response, Problem> {
    let reader = super::find(numbered)?;
    let view = LibraryReaderWithQuote {
        quote: quote::of_month(&reader.birth_date),
        reader: LibraryReader::of(&context, &reader),
    };
    Ok(tagged(&tag(&reader), Json(view)))
}
