//! SRU 1.2 (and 1.1), by which others search the catalogue: <https://www.loc.gov/standards/sru/sru-1-2.html>.
//!
//! Queries are CQL. Words are found as the catalogue's own search finds them: by their beginnings, whatever their case and
//! accents. What isn't served is said by a diagnostic (`info:srw/diagnostic/1`), with the status 200.

mod answer;
mod cql;
mod diagnostic;
mod meaning;
mod parameters;

use lyceum_kit::prelude::*;

use self::diagnostic::Diagnostic;
use self::parameters::{Operation, Search};
use crate::open_data;
use crate::store::{records, searching};

/// Where it is.
const PATH: &str = "/sru";

pub(crate) fn routes() -> Routes {
    // Whether anybody may is the operator's to say, so it is asked for in the handlers.
    Routes::new("", "")
        .add(Access::Anyone, route!(search_retrieve).with_any_query())
        .add(Access::Anyone, route!(search_retrieve_by_form).without_idempotency())
}

/// Searches the catalogue by SRU 1.2.
///
/// Without parameters it says what it can (`explain`). What is wrong is said by diagnostics with the status 200. Whether
/// everybody may search is the operator's to say; whoever is signed in may always.
#[utoipa::path(get, path = "/sru", operation_id = "search_retrieve",
    params(
        ("operation" = Option<String>, Query, description = "`searchRetrieve` or `explain`; `scan` is not served"),
        ("version" = Option<String>, Query, description = "1.2 or 1.1"),
        ("query" = Option<String>, Query, description = "CQL, such as `title = maias and author = eca`"),
        ("startRecord" = Option<u32>, Query, description = "The first record, from 1"),
        ("maximumRecords" = Option<u32>, Query, description = "0 to 100; 10 if not given"),
        ("recordSchema" = Option<String>, Query, description = "`marcxml`, or `dc`"),
        ("recordPacking" = Option<String>, Query, description = "`xml`, or `string`"),
    ),
    responses(
        (status = 200, description = "The answer, or what is wrong", body = String, content_type = "text/xml"),
        (status = 401, description = "Nobody is signed in, and the catalogue isn't open to everybody"),
    ))]
async fn search_retrieve(
    context: Context,
    MaybeCaller(caller): MaybeCaller,
    uri: Uri,
) -> Result<Response, Problem> {
    open_data::check(caller.as_ref())?;
    respond(&context, uri.query().unwrap_or_default().as_bytes())
}

/// The same by a form.
#[utoipa::path(post, path = "/sru", operation_id = "search_retrieve_by_form",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The answer, or what is wrong", body = String, content_type = "text/xml"),
        (status = 401, description = "Nobody is signed in, and the catalogue isn't open to everybody"),
        (status = 415, description = "No form"),
    ))]
async fn search_retrieve_by_form(
    context: Context,
    MaybeCaller(caller): MaybeCaller,
    headers: HeaderMap,
    WholeBody(form): WholeBody,
) -> Result<Response, Problem> {
    open_data::check(caller.as_ref())?;
    open_data::check_form(&headers)?;
    respond(&context, &form)
}

fn respond(context: &Context, query: &[u8]) -> Result<Response, Problem> {
    let (version, asked) = parameters::read(query);
    match asked {
        Err(diagnostic) => Ok(answer::refused(version, &diagnostic)),
        Ok(Operation::Scan) => Ok(answer::no_scan(version)),
        Ok(Operation::Explain { packed }) => {
            let base: Option<Uri> = context.outside(PATH).absolute().parse().ok();
            Ok(answer::explained(version, base.as_ref(), &open_data::name()?, packed))
        }
        Ok(Operation::Search(search)) => found(version, &search),
    }
}

fn found(version: &'static str, search: &Search) -> Result<Response, Problem> {
    let meant = cql::parse(&search.query).and_then(|query| meaning::of(&query));
    let meant = match meant {
        Ok(meant) => meant,
        Err(diagnostic) => return Ok(answer::refused(version, &diagnostic)),
    };
    let (number, ids) = searching::page(&meant, search.start - 1, search.maximum)?;
    if search.start > number && search.start > 1 {
        return Ok(answer::refused(version, &Diagnostic::new(61, number.to_string())));
    }
    let mut books = records::books(&ids)?;
    // One that was deleted a moment ago is left out.
    let books = ids.iter().filter_map(|id| books.remove(id)).collect::<Vec<_>>();
    answer::records(version, search, number, &books)
}
