//! Circulation rules.

use lyceum_kit::list::ListQuery;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};

use crate::domain::{Rule, RuleFields};
use crate::store::rules::{self, Rules};

impl Resource for Rule {
    type View = Self;
    const PATH: &'static str = "/api/v1/circulation-rules";
    const MISSING: &'static str = "There is no such circulation rule.";
}

const SCOPE: &str = "circulation_rules.location,reader_category,item_type";

fn taken() -> Problem {
    Problem::conflict("SCOPE_TAKEN", "Another rule is for the same location, category and type.")
}

/// There is always a rule.
fn last_resort() -> Problem {
    Problem::conflict(
        "LAST_RESORT",
        "This rule holds where no other one does: it can be changed, but must stay.",
    )
}

/// Adds a rule. Of those that fit a checkout, one that names the location decides before one that doesn't, then one that
/// names the reader's category, then one that names the item's type.
#[utoipa::path(post, path = "/api/v1/circulation-rules", request_body = RuleFields,
    operation_id = "create_circulation_rule", responses(
        (status = 201, body = Rule),
        (status = 409, description = "Another rule is for the same location, category and type"),
    ))]
pub(super) async fn create(
    context: Context,
    ValidJson(fields): ValidJson<RuleFields>,
) -> Result<Response, Problem> {
    let rule = Rule::new(fields)?;
    context.begin().execute(rule.insert()).on_unique(SCOPE, taken).respond(rule.created()).commit()
}

/// Lists the rules, the most specific ones first.
#[utoipa::path(get, path = "/api/v1/circulation-rules", params(ListQuery<Rules>),
    operation_id = "list_circulation_rules", responses((status = 200, body = Listed<Rule>)))]
pub(super) async fn list(query: ListQuery<Rules>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Shows a rule.
#[utoipa::path(get, path = "/api/v1/circulation-rules/{id}", params(("id" = Uuid, Path)),
    operation_id = "show_circulation_rule", responses(
        (status = 200, body = Rule),
        (status = 404, description = "There is no such rule"),
    ))]
pub(super) async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
    Rule::get(id).map(Rule::shown)
}

/// Changes a rule: what is given replaces, `null` removes. It holds for lendings that begin, or are renewed, from now on.
#[utoipa::path(patch, path = "/api/v1/circulation-rules/{id}", operation_id = "change_circulation_rule",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body(content = RuleFields, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = Rule),
        (status = 404, description = "There is no such rule"),
        (status = 409, description = "Another rule is for the same, or this one must stay for everything"),
    ))]
pub(super) async fn change(
    context: Context,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    patch: MergePatch,
) -> Result<Response, Problem> {
    let rule = Rule::get_for(id, &if_match)?;
    let changed = rule.with(patch.apply(&rule.fields())?)?;
    if rule.is_last_resort() && !changed.is_last_resort() {
        return Err(last_resort());
    }
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique(SCOPE, taken)
        .respond(changed.shown())
        .commit()
}

/// Deletes a rule, but never the one that holds where no other one does.
#[utoipa::path(delete, path = "/api/v1/circulation-rules/{id}", params(("id" = Uuid, Path)),
    operation_id = "delete_circulation_rule", responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such rule"),
        (status = 409, description = "It holds where no other one does"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn delete(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let rule = Rule::get_for(id, &conditions)?;
    if rule.is_last_resort() {
        return Err(last_resort());
    }
    let transaction = context.begin().execute(rules::delete(&rule));
    transaction.on_missing(Problem::precondition_failed).respond(no_content()).commit()
}
