//! Lendings: finding them, taking copies back, and renewing.

use lyceum_event_types::lendings::LendingRenewed;
use lyceum_kit::again::again;
use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::refusal::{no_rule, refusal};
use super::{may_see, visible};
use crate::domain::{Day, Decision, Fine, ItemSeen, Lending, Terms};
use crate::events;
use crate::holding::Passing;
use crate::store::cases::{self, WhichItem, WhichReader};
use crate::store::lendings::{self, Lendings};
use crate::store::{accounts, calendar};

/// A lending.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lending)]
pub(crate) struct LendingView {
    id: Uuid,
    /// Year and count, such as `2026/17`.
    number: String,
    book_id: Uuid,
    /// Null if the book was lent without saying which copy.
    item_id: Option<Uuid>,
    /// Null when the person's data was erased, as `user_id`.
    reader_id: Option<Uuid>,
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<UserId>,
    /// The book's genre when the copy was lent.
    genre_id: Option<Uuid>,
    /// The hold that it fulfils.
    hold_id: Option<Uuid>,
    started_at: Timestamp,
    #[schema(value_type = String, format = Date)]
    started_on: Day,
    /// The last day on which the copy may come back without being late.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// Null while the copy is out.
    returned_at: Option<Timestamp>,
    renewals: u32,
    /// How many days late the copy came back, closed ones too; 0 while it is out.
    days_overdue: u32,
    /// What that cost; 0 while it is out.
    fine_cents: i64,
    /// What the reader said when they gave it back.
    commentary: Option<String>,
    /// What was agreed when it was lent, or renewed.
    terms: Terms,
    updated_at: Timestamp,
}

impl From<Lending> for LendingView {
    fn from(lending: Lending) -> Self {
        Self {
            id: lending.id,
            number: lending.number,
            book_id: lending.book_id,
            item_id: lending.item_id,
            reader_id: lending.reader_id,
            user_id: lending.user_id,
            genre_id: lending.genre_id,
            hold_id: lending.hold_id,
            started_at: lending.started_at,
            started_on: lending.started_on,
            due_on: lending.due_on,
            returned_at: lending.returned_at,
            renewals: lending.renewals,
            days_overdue: lending.days_overdue,
            fine_cents: lending.fine_cents,
            commentary: lending.commentary,
            terms: lending.terms.0,
            updated_at: lending.updated_at,
        }
    }
}

impl Resource for Lending {
    type View = LendingView;
    const PATH: &'static str = "/api/v1/lendings";
    const MISSING: &'static str = "There is no such lending.";
}

fn ended() -> Problem {
    Problem::conflict("ALREADY_RETURNED", "The copy is back already.")
}

/// `overdue=true` in the list's own words: the copy is out, and was due before today.
fn in_own_words(uri: &Uri) -> Result<ListQuery<Lendings>, Problem> {
    let parts = uri.query().unwrap_or_default().split('&');
    let (overdue, rest): (Vec<&str>, Vec<&str>) =
        parts.filter(|part| !part.is_empty()).partition(|part| part.split('=').next() == Some("overdue"));
    let due = format!("due_to={}", Day::today().previous());
    let mut parts = rest;
    match overdue.as_slice() {
        [] | ["overdue=false"] => {}
        ["overdue=true"] => parts.extend(["returned=false", due.as_str()]),
        _ => {
            let wrong = Violation::new("MALFORMED", "Must be given once, as true or false.");
            return Err(Problem::malformed(wrong.at("/query/overdue")));
        }
    }
    let asked = format!("{}?{}", uri.path(), parts.join("&")).parse().map_err(|_| Problem::internal())?;
    ListQuery::of(&asked)
}

/// Lists lendings, the latest first: all of them for librarians, and for everybody else their own.
#[utoipa::path(get, path = "/api/v1/lendings", operation_id = "list_lendings",
    params(ListQuery<Lendings>, ("overdue" = Option<bool>, Query,
        description = "Only those whose copies are out and were due before today; says `returned` and `due_to`, too.")),
    responses((status = 200, body = Listed<LendingView>)))]
pub(super) async fn list(caller: Caller, uri: Uri) -> Result<Response, Problem> {
    in_own_words(&uri)?.answer_within(&visible(&caller), LendingView::from)
}

fn find(caller: &Caller, id: Uuid) -> Result<Lending, Problem> {
    let lending = Lending::get(id)?;
    let theirs = may_see(caller, lending.user_id);
    if theirs { Ok(lending) } else { Err(Problem::not_found(Lending::MISSING)) }
}

/// Shows a lending: to librarians, and to who borrowed.
#[utoipa::path(get, path = "/api/v1/lendings/{id}", params(("id" = Uuid, Path)), operation_id = "show_lending", responses(
    (status = 200, body = LendingView),
    (status = 404, description = "There is no such lending that the caller may see"),
))]
pub(super) async fn show(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    find(&caller, id).map(Lending::shown)
}

/// Takes a copy back, whatever the catalogue says of it, which is then kept for who is first of those that wait for the book. What it costs to be late is
/// charged now: for each open day after the last one, but for the days of grace, and never more than the cap.
#[utoipa::path(post, path = "/api/v1/lendings/{id}/return", params(("id" = Uuid, Path)), operation_id = "return_lending",
    responses(
        (status = 200, body = LendingView),
        (status = 404, description = "There is no such lending"),
        (status = 409, description = "`ALREADY_RETURNED`: the copy is back already, be it since a moment ago"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn give_back(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    again(|| {
        let lending = Lending::get_for(id, &conditions)?;
        take_back(&context, &lending, None, |returned| Ok(returned.shown()))
    })
}

/// Takes a copy back, with what its reader says of it; asks to be done again if somebody else changed the lending. Each face tells of it in its own way.
pub(crate) fn take_back(
    context: &Context,
    lending: &Lending,
    commentary: Option<String>,
    tell: impl Fn(Lending) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let borrower = lending.borrower().filter(|_| lending.returned_at.is_none()).ok_or_else(ended)?;
    let passing = lending.item_id.map(|item_id| Passing::of(item_id, None)).transpose()?.flatten();
    let location = lending.terms.0.location.as_deref();
    let rows = query(vec![calendar::after(location, lending.due_on)])?.pop().unwrap_or_default();
    let returned = lending.returned(&calendar::read(rows)?, commentary);
    let fine = Fine::of(&returned);
    let mut transaction = context
        .begin()
        .execute(returned.update())
        .on_missing(Problem::changed_meanwhile)
        .execute(accounts::take_back(borrower.0, returned.fine_cents))
        .publish(&events::returned(&returned, borrower));
    if let Some(fine) = &fine {
        transaction = transaction.execute(fine.insert()).publish(&events::charged(fine, borrower));
    }
    if let Some(passing) = &passing {
        transaction = passing.add(transaction, false);
    }
    let (today, began) = (Day::of(returned.updated_at), returned.started_on);
    // Last, since all returns of the day wait for this row.
    transaction = transaction.execute(lendings::count_return(today, today.days_since(began)));
    transaction.respond(tell(returned)?).commit()
}

/// Lets the reader keep a copy longer, from today on by the rule that holds now: librarians may, and who borrowed. What would
/// be due no later than it is, such as on the day of the checkout, is refused (`NOTHING_GAINED`) and uses up no renewal.
#[utoipa::path(post, path = "/api/v1/lendings/{id}/renew", params(("id" = Uuid, Path)), operation_id = "renew_lending",
    responses(
        (status = 200, body = LendingView),
        (status = 404, description = "There is no such lending that the caller may see"),
        (status = 409, description = "The copy is back, or something is against it: each reason is in `details`"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn renew(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    again(|| {
        let lending = find(&caller, id)?;
        conditions.check(&lending.tag())?;
        renew_once(&context, &lending)
    })
}

fn renew_once(context: &Context, lending: &Lending) -> Result<Response, Problem> {
    let borrower = lending.borrower().filter(|_| lending.returned_at.is_none()).ok_or_else(ended)?;
    let gone = || Problem::conflict("NOT_KNOWN", "The copy, or the reader, is gone from the library.");
    let item = match lending.item_id {
        Some(item_id) => cases::items(&WhichItem::Id(item_id))?.pop().ok_or_else(gone)?,
        None => ItemSeen::without_copy(lending.book_id, lending.genre_id),
    };
    let reader = cases::readers(&WhichReader::Id(borrower.0))?.pop().ok_or_else(gone)?;
    let today = Day::today();
    let case = cases::case(item, reader, today)?.ok_or_else(no_rule)?;
    let Decision { due_on, reasons } = case.decide_renewal(lending, today);
    if !reasons.is_empty() {
        return Err(refusal(&case.rule, &reasons));
    }
    let renewed = lending.renewed(&case, due_on);
    let event: LendingRenewed = events::renewed(&renewed, lending.due_on, borrower);
    context
        .begin()
        .execute(renewed.update())
        .on_missing(Problem::changed_meanwhile)
        .publish(&event)
        .respond(renewed.shown())
        .commit()
}
