//! Lending a copy, and asking whether it could be lent.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lendings::LendingView;
use super::refusal::{no_rule, refusal};
use crate::domain::{Case, Day, Decision, HoldState, ItemSeen, Lending, ReaderSeen, Reason, Rule};
use crate::events;
use crate::holding::Ending;
use crate::store::cases::{self, WhichItem, WhichReader};
use crate::store::{accounts, closures, holds, lendings::NUMBERS};

/// Which copy, and to whom. Each is named in one of two ways.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Checkout {
    /// The copy's id in `/api/v1/items`.
    item_id: Option<Uuid>,
    /// Its barcode.
    barcode: Option<String>,
    /// The reader's id in `/api/v1/readers`.
    reader_id: Option<Uuid>,
    /// Their number, such as `2026/17`.
    reader_number: Option<String>,
}

/// Whether a copy could be lent now, by which rule, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckView {
    allowed: bool,
    /// The last day on which it may come back without being late.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// The rule that decides.
    rule: Rule,
    /// All that is against it; empty if nothing is.
    reasons: Vec<FieldViolation>,
}

pub(super) fn one_of<A, B, T>(
    (pointer, a, b): (&'static str, Option<A>, Option<B>),
    first: fn(A) -> T,
    second: fn(B) -> T,
    valid: &mut Validation,
) -> Option<T> {
    let which = match (a, b) {
        (Some(a), None) => Ok(first(a)),
        (None, Some(b)) => Ok(second(b)),
        (None, None) => Err(Violation::new("REQUIRED", "Must be named.")),
        (Some(_), Some(_)) => Err(Violation::new("NAMED_TWICE", "Must be named in one way.")),
    };
    valid.take(pointer, which)
}

pub(super) fn only<T>(mut found: Vec<T>) -> Result<T, Violation> {
    match (found.pop(), found.pop()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Violation::new("UNKNOWN", "There is none that is known here.")),
        (Some(_), Some(_)) => Err(Violation::new("AMBIGUOUS", "Two have it at present: name it by its id.")),
    }
}

fn read(checkout: Checkout) -> Result<(ItemSeen, ReaderSeen), Problem> {
    let Checkout { item_id, barcode, reader_id, reader_number } = checkout;
    let mut valid = Validation::new();
    let item = one_of(("/item_id", item_id, barcode), WhichItem::Id, WhichItem::Barcode, &mut valid);
    let reader =
        one_of(("/reader_id", reader_id, reader_number), WhichReader::Id, WhichReader::Number, &mut valid);
    let item = item.map(|which| cases::items(&which)).transpose()?;
    let reader = reader.map(|which| cases::readers(&which)).transpose()?;
    let item = item.and_then(|found| valid.take("/item_id", only(found)));
    let reader = reader.and_then(|found| valid.take("/reader_id", only(found)));
    match (item, reader) {
        (Some(item), Some(reader)) => Ok((item, reader)),
        _ => Err(valid.problem()),
    }
}

/// What is as it is now, and whether that allows it.
fn decide(checkout: Checkout) -> Result<(Case, Decision), Problem> {
    let (item, reader) = read(checkout)?;
    let today = Day::today();
    let case = cases::case(item, reader, today)?.ok_or_else(no_rule)?;
    let decision = case.decide(today);
    Ok((case, decision))
}

/// Says whether a copy could be lent, which rule decides, and all that is against it. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/lendings/check", request_body = Checkout, operation_id = "check_lending", responses(
    (status = 200, body = CheckView),
    (status = 422, description = "The copy or the reader is not known"),
))]
pub(super) async fn check(ValidJson(checkout): ValidJson<Checkout>) -> Result<Response, Problem> {
    let (case, Decision { due_on, reasons }) = decide(checkout)?;
    let reasons: Vec<_> = reasons.into_iter().map(Reason::told).collect();
    Ok(Json(CheckView { allowed: reasons.is_empty(), due_on, rule: case.rule, reasons }).into_response())
}

/// Lends a copy to a reader, if the circulation rule for it allows that. It gets the next number of the year.
#[utoipa::path(post, path = "/api/v1/lendings", request_body = Checkout, operation_id = "create_lending", responses(
    (status = 201, body = LendingView),
    (status = 409, description = "Something is against it: each reason is in `details`, as `check` tells them"),
    (status = 422, description = "The copy or the reader is not known"),
))]
pub(super) async fn create(
    context: Context,
    ValidJson(checkout): ValidJson<Checkout>,
) -> Result<Response, Problem> {
    again(|| lend(&context, checkout.clone()))
}

fn lend(context: &Context, checkout: Checkout) -> Result<Response, Problem> {
    let (case, decision) = decide(checkout)?;
    lend_as_decided(context, &case, &decision, refusal, |lending| Ok(lending.created()))
}

/// Lends what was decided, if nothing is against it, also not by the time of the commit. Each face refuses and tells of it in
/// its own way.
pub(crate) fn lend_as_decided(
    context: &Context,
    case: &Case,
    decision: &Decision,
    refuse: fn(&Rule, &[Reason]) -> Problem,
    tell: impl Fn(Lending) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    if !decision.reasons.is_empty() {
        return Err(refuse(&case.rule, &decision.reasons));
    }
    let (item_id, book_id) = (case.item.item_id, case.item.book_id);
    // Who borrows another copy than the one that is kept for them leaves that to the next one.
    let fulfilled = case.hold.as_ref().map(|hold| Ending::of(hold, HoldState::Fulfilled, item_id));
    let fulfilled = fulfilled.transpose()?;
    let (rule, reader) = (&case.rule, &case.reader);
    NUMBERS.gapless(Day::today().year(), |number| {
        let lending = Lending::start(case, number.to_string(), decision.due_on);
        let [limit, lent, kept, leaving, going, awaited] = [(); 6].map(|()| rule.clone());
        let mut transaction = context
            .begin()
            .execute(accounts::lend(reader.reader_id, reader.user_id, rule.max_lendings))
            .on_missing(move || refuse(&limit, &[Reason::LimitReached(limit.max_lendings)]))
            .execute(lending.insert())
            .on_unique("lendings.item_id", move || refuse(&lent, &[Reason::ItemLent]))
            .execute(holds::kept_for_others(item_id, reader.reader_id).expect_rows(0))
            .on_missing(move || refuse(&kept, &[Reason::ItemKept]))
            .execute(closures::of(reader.reader_id, reader.user_id, clock::now()).expect_rows(0))
            .on_missing(move || refuse(&leaving, &[Reason::ReaderLeaving]))
            .execute(closures::of_book(book_id, clock::now()).expect_rows(0))
            .on_missing(move || refuse(&going, &[Reason::BookLeaving]))
            .execute(cases::known(reader.reader_id).expect_rows(1))
            .on_missing(Problem::changed_meanwhile)
            .execute(lyceum_kit::erasure::unless_erased(reader.user_id))
            .publish(&events::started(&lending, (reader.reader_id, reader.user_id)));
        if let Some(places) = case.waits_behind() {
            transaction = transaction
                .execute(holds::awaited_before(book_id, reader.reader_id, places).expect_rows(0))
                .on_missing(move || refuse(&awaited, &[Reason::Awaited]));
        }
        let transaction = match &fulfilled {
            Some(fulfilled) => fulfilled.add(transaction),
            // A hold that they placed meanwhile would stay.
            None => transaction
                .execute(holds::active(book_id, reader.reader_id).expect_rows(0))
                .on_missing(Problem::changed_meanwhile),
        };
        Ok::<_, Problem>(transaction.respond(tell(lending)?))
    })
}
