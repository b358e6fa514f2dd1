//! Holds: who waits for which book.

use lyceum_kit::again::again;
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Deserialize;
use utoipa::ToSchema;

use super::checkout::{one_of, only};
use super::{may_see, visible};
use crate::domain::{Hold, HoldState, ReaderSeen};
use crate::events;
use crate::holding::{self, Ending};
use crate::store::cases::{self, WhichReader};
use crate::store::holds::{self, Holds};
use crate::store::{closures, lendings};

/// Who may wait on behalf of others, and end what is of others.
const OTHERS: Permission = Permission::new("hold:update");

impl Resource for Hold {
    type View = Self;
    const PATH: &'static str = "/api/v1/holds";
    const MISSING: &'static str = "There is no such hold.";
}

fn waits() -> Problem {
    Problem::conflict("HOLD_EXISTS", "The reader waits for this book already, or has a copy ready.")
}

fn over() -> Problem {
    Problem::conflict("HOLD_ENDED", "This hold has ended.")
}

fn leaves() -> Problem {
    Problem::conflict("READER_LEAVING", "The reader's record or account is being deleted.")
}

fn book_leaves() -> Problem {
    Problem::conflict("BOOK_LEAVING", "The book is being deleted.")
}

/// They went in the meantime.
fn unknown_reader() -> Problem {
    let unknown = Violation::new("UNKNOWN", "There is none that is known here.");
    Problem::invalid(vec![unknown.at("/reader_id")])
}

/// For what, and for whom.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Placing {
    /// The book in `/api/v1/books`.
    book_id: Uuid,
    /// The reader in `/api/v1/readers`; the caller's own record if nobody is named. Only librarians name others.
    reader_id: Option<Uuid>,
    /// Their number, such as `2026/17`, instead.
    reader_number: Option<String>,
}

fn holder(caller: &Caller, placing: &Placing) -> Result<ReaderSeen, Problem> {
    let mut valid = Validation::new();
    let found = match (placing.reader_id, placing.reader_number.clone()) {
        (None, None) => cases::reader_of(caller.user_id)?.into_iter().collect(),
        (id, number) => {
            let which = ("/reader_id", id, number);
            match one_of(which, WhichReader::Id, WhichReader::Number, &mut valid) {
                Some(which) => cases::readers(&which)?,
                None => return Err(valid.problem()),
            }
        }
    };
    let theirs = |reader: &ReaderSeen| caller.owns(reader.user_id) || caller.may(OTHERS);
    // Who may not see others learns nothing of them.
    let found: Vec<ReaderSeen> = found.into_iter().filter(theirs).collect();
    let reader = valid.take("/reader_id", only(found));
    reader.ok_or_else(|| valid.problem())
}

/// Has a reader wait for a book, behind all who wait for it. The first copy that comes back, or to its shelf, is kept for who
/// is first. If nobody waits and a copy is free, that one is kept for the reader at once: the hold is `ready`, says which copy it
/// is (`item_id`), and until when it is kept. Readers do that for themselves, and librarians for anybody.
#[utoipa::path(post, path = "/api/v1/holds", request_body = Placing, operation_id = "place_hold", responses(
    (status = 201, body = Hold),
    (status = 409, description = "`HOLD_EXISTS`, `HAS_BOOK`: the reader waits for the book already, or has a copy of it; \
        `READER_LEAVING`, `BOOK_LEAVING`: their record or account, or the book, is being deleted"),
    (status = 422, description = "The book or the reader is not known"),
))]
pub(super) async fn place(
    context: Context,
    caller: Caller,
    ValidJson(placing): ValidJson<Placing>,
) -> Result<Response, Problem> {
    let reader = holder(&caller, &placing)?;
    let (book_id, reader_id, user_id) = (placing.book_id, reader.reader_id, reader.user_id);
    let holder = (reader_id, user_id);
    if !cases::has_book(book_id)? {
        let unknown = Violation::new("UNKNOWN", "There is none that is known here.");
        return Err(Problem::invalid(vec![unknown.at("/book_id")]));
    }
    let has = || Problem::conflict("HAS_BOOK", "The reader has a copy of this book.");
    let title = cases::title(book_id)?;
    again(|| {
        let queue = holds::queue(book_id)?;
        let hold = holding::placed(book_id, &reader, &queue)?;
        let mut transaction = context
            .begin()
            .execute(queue.change())
            .on_missing(Problem::changed_meanwhile)
            .execute(hold.insert())
            .on_unique("holds.book_id,reader_id", waits)
            .on_unique("holds.item_id", Problem::changed_meanwhile)
            .execute(lendings::of_book(book_id, reader_id).expect_rows(0))
            .on_missing(has)
            .execute(closures::of(reader_id, user_id, clock::now()).expect_rows(0))
            .on_missing(leaves)
            .execute(closures::of_book(book_id, clock::now()).expect_rows(0))
            .on_missing(book_leaves)
            .execute(cases::known(reader_id).expect_rows(1))
            .on_missing(unknown_reader)
            .execute(lyceum_kit::erasure::unless_erased(user_id))
            .publish(&events::placed(&hold, holder));
        if let Some(item_id) = hold.kept() {
            transaction = transaction
                .execute(lendings::out(Some(item_id)).expect_rows(0))
                .on_missing(Problem::changed_meanwhile);
        }
        if let Some(ready) = events::ready(&hold, title.clone(), holder) {
            transaction = transaction.publish(&ready);
        }
        transaction.respond(hold.created()).commit()
    })
}

/// Lists holds, the oldest first: all of them for librarians, and for everybody else their own.
#[utoipa::path(get, path = "/api/v1/holds", params(ListQuery<Holds>), operation_id = "list_holds",
    responses((status = 200, body = Listed<Hold>)))]
pub(super) async fn list(caller: Caller, query: ListQuery<Holds>) -> Result<Response, Problem> {
    query.answer_within(&visible(&caller), std::convert::identity)
}

/// Shows a hold: to librarians, and to whose it is.
#[utoipa::path(get, path = "/api/v1/holds/{id}", params(("id" = Uuid, Path)), operation_id = "show_hold", responses(
    (status = 200, body = Hold),
    (status = 404, description = "There is no such hold that the caller may see"),
))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let hold = Hold::get(id)?;
    let theirs = may_see(&caller, hold.user_id);
    if theirs { Ok(hold.shown()) } else { Err(Problem::not_found(Hold::MISSING)) }
}

/// Ends a hold. A copy that was kept is kept for who is next. Readers end their own, and librarians any.
#[utoipa::path(delete, path = "/api/v1/holds/{id}", params(("id" = Uuid, Path)), operation_id = "cancel_hold", responses(
    (status = 204, description = "It has ended; it is still shown, as cancelled"),
    (status = 404, description = "There is no such hold that the caller may end"),
    (status = 409, description = "It has ended before"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn cancel(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    again(|| {
        let hold = Hold::get(id)?;
        if !caller.may(OTHERS) && !hold.user_id.is_some_and(|user_id| caller.owns(user_id)) {
            return Err(Problem::not_found(Hold::MISSING));
        }
        conditions.check(&hold.tag())?;
        hold.holder().ok_or_else(over)?;
        let ending = Ending::of(&hold, HoldState::Cancelled, None)?;
        ending.add(context.begin()).respond(no_content()).commit()
    })
}

/// Where a hold is to stand.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reordering {
    /// The place among those that wait, from 1 to their number.
    position: u32,
}

/// Moves a hold to another place of its queue: those between go by one place.
#[utoipa::path(post, path = "/api/v1/holds/{id}/position", params(("id" = Uuid, Path)), operation_id = "reorder_hold",
    request_body = Reordering, responses(
        (status = 200, body = Hold),
        (status = 404, description = "There is no such hold"),
        (status = 409, description = "It doesn't wait any more"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
        (status = 422, description = "There is no such place: so many don't wait"),
    ))]
pub(super) async fn reorder(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    ValidJson(Reordering { position }): ValidJson<Reordering>,
) -> Result<Response, Problem> {
    again(|| {
        let hold = Hold::get_for(id, &conditions)?;
        if hold.state != HoldState::Waiting {
            return Err(Problem::conflict("NOT_WAITING", "It doesn't wait any more."));
        }
        let queue = holds::queue(hold.book_id)?;
        let (from, to) = (hold.position, i64::from(position));
        if !(1..=queue.length).contains(&to) {
            let wrong = Violation::new("OUT_OF_RANGE", format!("Must be from 1 to {}.", queue.length));
            return Err(Problem::invalid(vec![wrong.at("/position")]));
        }
        if from == to {
            return Ok(hold.shown());
        }
        // Its own row first: those that go by one place must not take it along.
        let moved = hold.at(to);
        let others = if to < from {
            queue.shift_others(hold.id, to - 1, from - 1, 1)
        } else {
            queue.shift_others(hold.id, from, to, -1)
        };
        context
            .begin()
            .execute(queue.change())
            .on_missing(Problem::changed_meanwhile)
            .execute(moved.update())
            .on_missing(Problem::changed_meanwhile)
            .execute(others)
            .respond(moved.shown())
            .commit()
    })
}
