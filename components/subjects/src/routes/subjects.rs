//! Subjects.

use std::collections::BTreeMap;

use lyceum_kit::again::again;
use lyceum_kit::dialect::Skip;
use lyceum_kit::list::{ListRequest, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{RespondingTransaction, Table as _, Versioned as _};

use super::parameters::Parameters;
use super::view::{Done, Items, SubjectView};
use crate::domain::{Change, NewSubject, Status, Subject, circle};
use crate::events::{Created, Deleted, Updated};
use crate::store::{self, CODE, OWNER, SEMESTER, STATUS, Subjects};

/// What a subject may be worth at most, if nothing else is configured.
const MAX_CREDITS: i64 = 10;
/// So many subjects may come before one, over all steps.
const MOST_BEFORE: usize = 200;

fn max_credits() -> Result<i64, Problem> {
    Ok(config::get("subject_max_credits")?.and_then(|text| text.parse().ok()).unwrap_or(MAX_CREDITS))
}

fn not_found(id: i64) -> Problem {
    Problem::not_found(format!("Subject {id} not found"))
}

fn unknown(id: i64) -> Problem {
    let violation = Violation::new("UNKNOWN_SUBJECT", format!("There is no subject {id}."));
    Problem::invalid(vec![violation.at("/prerequisites")])
}

/// The subject with this number, or 404.
pub(super) fn found(id: i64) -> Result<Subject, Problem> {
    store::find(id)?.ok_or_else(|| not_found(id))
}

/// The same, if this person may change it: everybody sees it, so that it is there is no secret.
pub(super) fn own(caller: &Caller, id: i64) -> Result<Subject, Problem> {
    let subject = found(id)?;
    let owns = caller.has(Role::Admin) || subject.owner_id.is_some_and(|owner| caller.owns(owner));
    if owns { Ok(subject) } else { Err(Problem::forbidden("This subject is somebody else's.")) }
}

fn tag(subject: &Subject) -> EntityTag {
    EntityTag::of_version(subject.version)
}

/// Adds a subject.
#[utoipa::path(post, path = "/api/v1/subjects/", request_body = NewSubject,
    responses((status = 201, body = SubjectView)))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    ValidJson(new): ValidJson<NewSubject>,
) -> Result<Response, Problem> {
    let most = max_credits()?;
    new.clone().numbered(0, caller.user_id, most)?;
    store::NUMBERS.gapless("", |number| {
        let subject = new.clone().numbered(number.value, caller.user_id, most)?;
        let mut transaction = context.begin();
        for before in subject.prerequisites.0.clone() {
            transaction = transaction.execute(store::exists(before)).on_missing(move || unknown(before));
        }
        let transaction = transaction
            .execute(subject.insert())
            .execute_all(store::precede(&subject))
            .publish(&Created::of(&subject));
        let answer = tagged(&tag(&subject), Json(SubjectView::from(subject)));
        let transaction: RespondingTransaction = transaction.respond((StatusCode::CREATED, answer));
        Ok::<_, Problem>(transaction)
    })
}

/// Lists subjects.
#[utoipa::path(get, path = "/api/v1/subjects/", params(
    ("semester_id" = Option<i64>, Query), ("status" = Option<Status>, Query), ("code" = Option<String>, Query),
    ("owner_id" = Option<Uuid>, Query),
    ("sort" = Option<String>, Query, description = "`id` or `name`; with a minus the other way round"), Skip,
), responses((status = 200, body = Items<SubjectView>)))]
pub(super) async fn list(query: Parameters, skip: Skip) -> Result<Response, Problem> {
    let integer = "Input should be a valid integer, unable to parse string as an integer";
    let statuses = "Input should be 'active', 'inactive' or 'archived'";
    let asked = ListRequest::<Subjects>::from_query()
        .filter("semester_id", SEMESTER, query.read::<i64>("semester_id", integer)?)
        .filter("status", STATUS, query.as_one("status", statuses, Status::from_name)?)
        .filter("code", CODE, query.text("code").map(str::to_owned))
        .filter("owner_id", OWNER, query.read::<Uuid>("owner_id", "Input should be a valid id")?)
        .sort_named("sort", query.text("sort"))
        .finish()?;
    let (scope, page) = (Scope::all(), skip.page()?);
    let items = asked.offset_page(&scope, page)?.into_iter().map(SubjectView::from).collect();
    Ok(Json(Items { items, total: asked.total(&scope)?.rows }).into_response())
}

/// Shows a subject.
#[utoipa::path(get, path = "/api/v1/subjects/{number}", params(("number" = i64, Path)), responses(
    (status = 200, body = SubjectView),
    (status = 404, description = "There is none"),
))]
pub(super) async fn show(Path(id): Path<i64>) -> Result<Response, Problem> {
    let subject = found(id)?;
    Ok(tagged(&tag(&subject), Json(SubjectView::from(subject))).into_response())
}

/// Changes a subject; what isn't given stays.
#[utoipa::path(put, path = "/api/v1/subjects/{number}", params(("number" = i64, Path)), request_body = Change,
    responses(
        (status = 200, body = SubjectView),
        (status = 403, description = "It is somebody else's"),
        (status = 404, description = "There is none"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    conditions: Conditions,
    Path(id): Path<i64>,
    ValidJson(change): ValidJson<Change>,
) -> Result<Response, Problem> {
    let most = max_credits()?;
    again(|| {
        let subject = own(&caller, id)?;
        conditions.check(&tag(&subject))?;
        let next = subject.changed(change.clone(), most)?;
        let mut transaction = context.begin();
        for other in before(&next)? {
            transaction =
                transaction.execute(store::unchanged(&other)).on_missing(Problem::changed_meanwhile);
        }
        transaction
            .execute(next.update())
            .on_missing(Problem::changed_meanwhile)
            .execute_all(store::precede(&next))
            .publish(&Updated::of(&next))
            .respond(tagged(&tag(&next), Json(SubjectView::from(next))))
            .commit()
    })
}

/// All that comes before it, over all steps; 422 if it is among that, or if something isn't there.
fn before(subject: &Subject) -> Result<Vec<Subject>, Problem> {
    let (mut all, mut next) = (BTreeMap::new(), subject.prerequisites.0.clone());
    while let Some(id) = next.pop() {
        if id == subject.id {
            return Err(Problem::invalid(vec![circle().at("/prerequisites")]));
        }
        if all.contains_key(&id) {
            continue;
        }
        if all.len() == MOST_BEFORE {
            let violation = Violation::new("TOO_DEEP", "At most 200 subjects may come before it.");
            return Err(Problem::invalid(vec![violation.at("/prerequisites")]));
        }
        let other = store::find(id)?.ok_or_else(|| unknown(id))?;
        next.extend(&other.prerequisites.0);
        all.insert(id, other);
    }
    Ok(all.into_values().collect())
}

/// Deletes a subject that comes before no other one, with what is noted of it.
#[utoipa::path(delete, path = "/api/v1/subjects/{number}", params(("number" = i64, Path)), responses(
    (status = 200, body = Done),
    (status = 403, description = "It is somebody else's"),
    (status = 404, description = "There is none"),
    (status = 409, description = "It comes before another one"),
))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    conditions: Conditions,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    again(|| {
        let subject = own(&caller, id)?;
        conditions.check(&tag(&subject))?;
        context
            .begin()
            .execute(store::precedes_none(id))
            .on_missing(|| {
                let detail = "Other subjects name it as a prerequisite: archive it, or change them first.";
                Problem::conflict("IS_PREREQUISITE", detail)
            })
            .execute(store::delete(&subject))
            .on_missing(Problem::changed_meanwhile)
            .publish(&Deleted::of(&subject))
            .respond(Json(Done::saying(format!("Subject {id} deleted"))))
            .commit()
    })
}
