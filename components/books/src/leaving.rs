//! A book is to be in the catalogue no more.
//!
//! Who has a book that has no copies here, or waits for one, is known to lendings alone. So it is asked at this very moment, and
//! nothing is deleted that it doesn't agree to; once it has, it lends nothing of it for two minutes, which is longer than a
//! request lasts. While it can't be asked, no book is deleted.

use lyceum_kit::http::{CallError, Service};
use lyceum_kit::prelude::*;

use crate::domain::Book;

/// Who knows that.
const LENDINGS: &str = "lendings";

/// Fails if somebody has the book or waits for it, or if lendings doesn't answer.
pub(crate) fn settle(book: &Book) -> Result<(), Problem> {
    let path = format!("/borrowed-books/{}/removal", book.id);
    Service::new(LENDINGS).put::<_, ()>(&path, &()).map_err(|error| match error {
        CallError::Refused(refusal) if refusal.status == StatusCode::CONFLICT => refusal.to_problem(),
        error => error.into(),
    })
}
