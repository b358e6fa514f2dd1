//! How long answers of the catalogue may be kept, and by whom.
//!
//! They are the same for everybody who may see them, and everybody must be signed in to see them. So those who asked may
//! keep them, and ask with the ETag whether they still hold (`private, no-cache`); a cache behind the gateway, which knows
//! who asks and hears the events, may keep them for an hour without asking (`Lyceum-Cache-Control`, a targeted field by RFC
//! 9213). It drops them when an event comes about what they are of, which `Cache-Groups` (RFC 9875) names: the book's id,
//! as in the member `book_id` of every event of this service, and `books` for lists, which any of the events drops.

use lyceum_kit::prelude::*;

const TARGETED: HeaderName = HeaderName::from_static("lyceum-cache-control");
const GROUPS: HeaderName = HeaderName::from_static("cache-groups");

/// An answer about one book, or about an item of it.
pub(super) fn of_book(book_id: Uuid, answer: Response) -> Response {
    kept(answer, &format!("\"{book_id}\""))
}

/// A page of a list.
pub(super) fn of_list(answer: Response) -> Response {
    kept(answer, "\"books\"")
}

fn kept(mut answer: Response, groups: &str) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(TARGETED, HeaderValue::from_static("max-age=3600"));
    if let Ok(groups) = HeaderValue::from_str(groups) {
        headers.insert(GROUPS, groups);
    }
    answer
}
