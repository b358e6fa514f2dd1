//! Lending a book, as the older library's clients ask for it.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use super::numbers::{book, no_book, no_reader, reader};
use super::view::LibraryLending;
use super::{address, answer};
use crate::domain::{BookSeen, Day, Decision, Hold, ItemSeen, Reason, Rule};
use crate::routes::checkout::lend_as_decided;
use crate::routes::refusal::no_rule;
use crate::store::cases::{self, WhichItem};
use crate::store::holds;

/// Which book, and to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewLending {
    /// Ten or thirteen digits.
    isbn: Option<String>,
    /// Such as `2026/17`.
    reader_number: Option<String>,
}

impl NewLending {
    /// Both texts; 400 with all that is wrong with them.
    fn checked(self) -> Result<(String, String), Problem> {
        let mut wrong = Vec::new();
        let isbn = text("/isbn", self.isbn, 10, 13, &mut wrong);
        let number = text("/readerNumber", self.reader_number, 6, 16, &mut wrong);
        if wrong.is_empty() {
            Ok((isbn, number))
        } else {
            Err(Problem::invalid(wrong).with_object("createLendingRequest"))
        }
    }
}

fn text(
    pointer: &'static str,
    given: Option<String>,
    least: usize,
    most: usize,
    wrong: &mut Vec<FieldViolation>,
) -> String {
    let given = given.unwrap_or_default();
    if given.trim().is_empty() {
        wrong.push(Violation::new("REQUIRED", "must not be blank").at(pointer));
    } else if !(least..=most).contains(&given.chars().count()) {
        let message = format!("size must be between {least} and {most}");
        wrong.push(Violation::new("LENGTH", message).at(pointer).rejecting(given.as_str()));
    }
    given
}

/// What the reader has is a refusal of its own; that a copy is with somebody since a moment ago is a reason to look for
/// another one.
fn refuse(_: &Rule, reasons: &[Reason]) -> Problem {
    if !reasons.iter().all(|reason| reason.is_about_reader()) {
        return Problem::changed_meanwhile();
    }
    let told: Vec<_> = reasons.iter().map(|reason| reason.told().message).collect();
    Problem::forbidden(told.join(" ")).with_code("LENDING_FORBIDDEN")
}

/// The copy that is kept for the reader, or one that is free; no copy in particular if there is none such.
fn copy_of(book: &BookSeen, reader_id: Uuid) -> Result<ItemSeen, SqlError> {
    let hold: Option<Hold> = query_optional(holds::active(book.book_id, reader_id))?;
    let item_id = match hold.and_then(|hold| hold.kept()) {
        Some(kept) => Some(kept),
        None => holds::free_item(book.book_id)?,
    };
    let found = item_id.map(|item_id| cases::items(&WhichItem::Id(item_id))).transpose()?;
    let copy = found.and_then(|mut found| found.pop()).filter(ItemSeen::can_be_lent);
    Ok(copy.unwrap_or_else(|| ItemSeen::without_copy(book.book_id, book.genre_id)))
}

/// Lends a book to a reader. What the reader has is looked at before anything else.
#[utoipa::path(post, operation_id = "library_lend", path = "/legacy/lendings", request_body = NewLending, responses(
    (status = 201, body = LibraryLending, content_type = "application/hal+json"),
    (status = 400, description = "A field is wrong"),
    (status = 403, description = "The reader has too many, or one that is late"),
    (status = 404, description = "There is no such book or reader"),
))]
pub(super) async fn create(
    context: Context,
    ValidJson(wanted): ValidJson<NewLending>,
) -> Result<Response, Problem> {
    let (isbn, number) = wanted.checked()?;
    again(|| lend(&context, &isbn, &number))
}

fn lend(context: &Context, isbn: &str, number: &str) -> Result<Response, Problem> {
    let (book, today) = (book(isbn)?, Day::today());
    let Some(reader) = reader(number)? else {
        return Err(if book.is_some() { no_reader(number) } else { no_book(isbn) });
    };
    let item = match &book {
        Some(book) => copy_of(book, reader.reader_id)?,
        None => ItemSeen::without_copy(Uuid::nil(), None),
    };
    let mut case = cases::case(item, reader.clone(), today)?.ok_or_else(no_rule)?;
    let mut decision = case.decide(today);
    if decision.reasons.contains(&Reason::Awaited) {
        // The copy is for who waits. Clients who know none get the book all the same.
        let none = ItemSeen::without_copy(case.item.book_id, case.item.genre_id);
        case = cases::case(none, reader, today)?.ok_or_else(no_rule)?;
        decision = case.decide(today);
    }
    let Decision { due_on, reasons } = decision;
    if book.is_none() {
        let about_reader: Vec<_> = reasons.into_iter().filter(|reason| reason.is_about_reader()).collect();
        return Err(if about_reader.is_empty() { no_book(isbn) } else { refuse(&case.rule, &about_reader) });
    }
    lend_as_decided(context, &case, &Decision { due_on, reasons }, refuse, |lending| {
        Ok(created(&address(context, &lending.number), answer(context, &lending)?))
    })
}
