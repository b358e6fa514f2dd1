//! Readers who are about to go, for the services that let them: `users`, which has a person erased everywhere, and `readers`,
//! which deletes a record. And books, which `books` deletes.
//!
//! Whether somebody has or owes something is known here alone, and may change at any moment. So who asks has it closed as well:
//! from the commit that finds nothing on, nothing new begins.

use std::time::Duration;

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;

use crate::store::{accounts, closures, holds, lendings};

/// A record is deleted in the request that asks for this, or not at all. What is heard of that here comes a moment later.
const REMOVED_WITHIN: Duration = Duration::from_mins(2);

/// Says whether a person could be erased now, as far as can be known before it is done.
#[utoipa::path(get, path = "/borrowers/{user_id}/erasures", params(("user_id" = Uuid, Path)),
    operation_id = "check_borrower", responses(
        (status = 204, description = "They have and owe nothing"),
        (status = 409, description = "`COPIES_OUT`, `FINES_UNPAID`: not before that is settled"),
    ))]
pub(super) async fn check(Path(user_id): Path<Uuid>) -> Result<Response, Problem> {
    match accounts::of_person(user_id.into())?.refusal() {
        Some(refusal) => Err(refusal),
        None => Ok(no_content()),
    }
}

/// A person who is to be erased begins nothing new, until that is taken back.
#[utoipa::path(put, path = "/borrowers/{user_id}/erasures/{erasure_id}", operation_id = "close_borrower",
    params(("user_id" = Uuid, Path), ("erasure_id" = Uuid, Path)), responses(
        (status = 204, description = "They have and owe nothing, and that stays so"),
        (status = 409, description = "`COPIES_OUT`, `FINES_UNPAID`: not before that is settled"),
    ))]
pub(super) async fn close(
    context: Context,
    Path((user_id, erasure_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    close_until(&context, erasure_id, user_id.into(), None)
}

/// A person who is not going to be erased may borrow again.
#[utoipa::path(delete, path = "/borrowers/{user_id}/erasures/{erasure_id}", operation_id = "reopen_borrower",
    params(("user_id" = Uuid, Path), ("erasure_id" = Uuid, Path)),
    responses((status = 204, description = "Nothing is closed for that erasure any more, or never was")))]
pub(super) async fn reopen(
    context: Context,
    Path((user_id, erasure_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    context.begin().execute(closures::reopen(erasure_id, user_id.into())).respond(no_content()).commit()
}

/// A reader whose record is being deleted begins nothing new for two minutes; whoever asks has deleted it by then, or doesn't.
#[utoipa::path(put, path = "/borrowers/{user_id}/removals/{reader_id}", operation_id = "remove_borrower",
    params(("user_id" = Uuid, Path), ("reader_id" = Uuid, Path)), responses(
        (status = 204, description = "They have and owe nothing, and that stays so for two minutes"),
        (status = 409, description = "`COPIES_OUT`, `FINES_UNPAID`: not before that is settled"),
    ))]
pub(super) async fn remove(
    context: Context,
    Path((user_id, reader_id)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    close_until(&context, reader_id, user_id.into(), Some(clock::now().plus(REMOVED_WITHIN)))
}

fn close_until(
    context: &Context,
    id: Uuid,
    user_id: UserId,
    ends_at: Option<Timestamp>,
) -> Result<Response, Problem> {
    again(|| {
        if let Some(refusal) = accounts::of_person(user_id)?.refusal() {
            return Err(refusal);
        }
        context
            .begin()
            .execute(closures::forget_ended(clock::now()))
            .execute(closures::close(id, user_id, ends_at))
            // A checkout commits before this, and is found, or after it, and finds this.
            .execute(accounts::owing(user_id).expect_rows(0))
            .on_missing(Problem::changed_meanwhile)
            .respond(no_content())
            .commit()
    })
}

/// Of a book that is being deleted nothing new begins for two minutes; whoever asks has deleted it by then, or doesn't.
#[utoipa::path(put, path = "/borrowed-books/{book_id}/removal", params(("book_id" = Uuid, Path)),
    operation_id = "remove_borrowed_book", responses(
        (status = 204, description = "Nobody has it or waits for it, and that stays so for two minutes"),
        (status = 409, description = "`BOOK_IN_USE`: not before it is back and nobody waits for it"),
    ))]
pub(super) async fn remove_book(context: Context, Path(book_id): Path<Uuid>) -> Result<Response, Problem> {
    let now = clock::now();
    let lent = || Problem::conflict("BOOK_IN_USE", "Somebody has it: it comes back first.");
    let awaited = || Problem::conflict("BOOK_IN_USE", "Somebody waits for it: that ends first.");
    context
        .begin()
        .execute(closures::forget_ended_of_books(now))
        .execute(closures::close_book(book_id, now.plus(REMOVED_WITHIN)))
        // What began before this is found, and what begins after it finds this.
        .execute(lendings::any_of_book(book_id).expect_rows(0))
        .on_missing(lent)
        .execute(holds::of_book(book_id).expect_rows(0))
        .on_missing(awaited)
        .respond(no_content())
        .commit()
}
