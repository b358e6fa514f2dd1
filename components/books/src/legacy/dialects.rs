//! How the library failed where it added or changed a book: unlike anywhere else of it.

use lyceum_kit::dialect::{Dialect, LIBRARY, Parts};
use lyceum_kit::prelude::*;

/// Whatever is wrong with a new book is 400 without a body, but for its photo and the form itself.
pub(super) static OF_NEW_BOOKS: OfNewBooks = OfNewBooks;
/// Whatever is wrong with a change is a conflict, but for its photo and a version that is missing.
pub(super) static OF_CHANGES: OfChanges = OfChanges;

/// See [`OF_NEW_BOOKS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct OfNewBooks;

/// See [`OF_CHANGES`].
#[derive(Clone, Copy, Debug)]
pub(super) struct OfChanges;

/// What the library said before it came to the book: who asks, a photo, a form that can't be read.
fn is_said_elsewhere(problem: &Problem) -> bool {
    let codes = ["FILE_REFUSED", "NOT_A_NUMBER", "PRECONDITION_REQUIRED", "BODY_TOO_LARGE", "FORM_MALFORMED"];
    problem.status().is_server_error()
        || matches!(problem.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        || codes.contains(&problem.code())
}

impl Dialect for OfNewBooks {
    fn request(&self, parts: &mut Parts) -> Result<(), Problem> {
        // A new book has no version.
        parts.headers.remove(header::IF_MATCH);
        Ok(())
    }

    fn problem(&self, problem: &Problem) -> Response {
        if is_said_elsewhere(problem) {
            return LIBRARY.problem(problem);
        }
        StatusCode::BAD_REQUEST.into_response()
    }

    fn headers(&self, headers: &mut HeaderMap) {
        LIBRARY.headers(headers);
    }
}

impl Dialect for OfChanges {
    fn request(&self, parts: &mut Parts) -> Result<(), Problem> {
        LIBRARY.request(parts)
    }

    fn problem(&self, problem: &Problem) -> Response {
        if is_said_elsewhere(problem) && problem.code() != "NOT_A_NUMBER" {
            return LIBRARY.problem(problem);
        }
        LIBRARY.problem(&Problem::conflict("CONFLICT", problem.detail().to_owned()))
    }

    fn headers(&self, headers: &mut HeaderMap) {
        LIBRARY.headers(headers);
    }
}
