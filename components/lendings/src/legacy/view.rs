//! A lending as the library's clients know it.

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::address;
use crate::domain::{BookSeen, Day, Late, Lending};
use crate::store::{calendar, cases};

/// A lending.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LibraryLending {
    /// Such as `2026/17`.
    lending_number: String,
    book_title: String,
    #[schema(value_type = String, format = Date)]
    start_date: Day,
    /// The last day on which the book may come back without being late.
    #[schema(value_type = String, format = Date)]
    limit_date: Day,
    /// Null while the book is out.
    #[schema(value_type = Option<String>, format = Date)]
    returned_date: Option<Day>,
    /// Null when the book is back, or late.
    days_until_return: Option<u32>,
    /// Null if it wasn't late, or isn't yet.
    days_overdue: Option<u32>,
    /// Null if it wasn't late, or isn't yet.
    fine_value_in_cents: Option<i64>,
    #[serde(rename = "_links")]
    links: LendingLinks,
}

/// Where it is, and what it is of.
#[derive(Debug, Serialize, ToSchema)]
struct LendingLinks {
    #[serde(rename = "self")]
    lending: LendingLink,
    /// Null for a book without ISBN.
    book: Option<LendingLink>,
    /// Null for a reader who is gone.
    reader: Option<LendingLink>,
}

/// An address with scheme and host.
#[derive(Debug, Serialize, ToSchema)]
struct LendingLink {
    href: String,
}

/// A list of lendings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LendingList {
    pub(super) items: Vec<LibraryLending>,
}

/// One lending, as seen from outside in this request.
pub(super) fn of(context: &Context, lending: &Lending) -> Result<LibraryLending, Problem> {
    all(context, std::slice::from_ref(lending))?.pop().ok_or_else(Problem::internal)
}

/// Each of these. What is told of their books and readers is read at once.
pub(super) fn all(context: &Context, lendings: &[Lending]) -> Result<Vec<LibraryLending>, Problem> {
    let statements = lendings.iter().flat_map(|lending| {
        [
            cases::book(lending.book_id),
            cases::number_of(lending.reader_id),
            calendar::after(lending.terms.0.location.as_deref(), lending.due_on),
        ]
    });
    let mut found = query(statements.collect())?.into_iter();
    let today = Day::today();
    let mut views = Vec::with_capacity(lendings.len());
    for lending in lendings {
        let mut next = || found.next().unwrap_or_default();
        let book: Option<BookSeen> = next().optional().map_err(SqlError::from)?;
        let number: Option<(String,)> = next().optional().map_err(SqlError::from)?;
        let closed = calendar::read(next())?;
        let late = match lending.returned_at {
            Some(_) => Late { days_overdue: lending.days_overdue, fine_cents: lending.fine_cents },
            None => lending.late(today, &closed),
        };
        let (title, isbn) = book.map(|book| (book.title, book.isbn)).unwrap_or_default();
        let link = |path: String| LendingLink { href: context.outside(&path).absolute() };
        let is_late = late.days_overdue > 0;
        let until = lending.returned_at.is_none() && !is_late;
        views.push(LibraryLending {
            lending_number: lending.number.clone(),
            book_title: title.unwrap_or_default(),
            start_date: lending.started_on,
            limit_date: lending.due_on,
            returned_date: lending.returned_at.map(Day::of),
            days_until_return: until.then(|| lending.due_on.days_since(today)),
            days_overdue: is_late.then_some(late.days_overdue),
            fine_value_in_cents: is_late.then_some(late.fine_cents),
            links: LendingLinks {
                lending: LendingLink { href: address(context, &lending.number) },
                book: isbn.map(|isbn| link(format!("/api/books/{isbn}"))),
                reader: number.map(|(number,)| link(format!("/api/readers/{number}"))),
            },
        });
    }
    Ok(views)
}
