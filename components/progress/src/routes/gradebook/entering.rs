//! What instructors say of a grade.

use lyceum_kit::again::again;
use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_kit::text;
use serde::Deserialize;
use utoipa::ToSchema;

use super::learners::GradeView;
use super::no_item;
use crate::domain::gradebook::grade::{Grade, Said};
use crate::domain::gradebook::item::{Item, ItemKind};
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;
use crate::grading::book;
use crate::routes::seeing::given;
use crate::store::gradebook::grades::{Change, History};
use crate::store::gradebook::{items, totals};
use crate::store::seen;

/// A grade as instructors say it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Entering {
    /// Of an item that instructors grade themselves: its points; none takes them away.
    #[serde(default)]
    points: Option<Points>,
    /// Counts in place of what was worked out or entered; none lets that count.
    #[serde(default, rename = "override")]
    overridden: Option<Points>,
    /// Whether it counts neither for nor against the learner.
    #[serde(default)]
    excused: bool,
    /// Whether the learner doesn't see it, nor what it counts.
    #[serde(default)]
    hidden: bool,
    /// Whether it stays as it is, whatever is handed in.
    #[serde(default)]
    locked: bool,
    /// What the learner is told of it: at most 2,000 characters.
    #[serde(default)]
    comment: Option<String>,
}

/// Fails with 404 unless this person learns in the course, or did.
pub(super) fn check_learner(course_id: Uuid, user_id: UserId) -> Result<(), Problem> {
    let (enrollments, _) = seen::of_person(user_id, course_id)?;
    if enrollments.is_empty() {
        return Err(Problem::not_found("Nobody of this id learns there."));
    }
    Ok(())
}

/// Points that somebody is given: more than there are is possible, less than nothing isn't.
pub(super) fn check_points(points: Option<Points>) -> Result<(), Violation> {
    if points.is_some_and(Points::is_negative) {
        return Err(Violation::new("OUT_OF_RANGE", "Must not be less than 0."));
    }
    Ok(())
}

impl Entering {
    fn check(&self, item: &Item) -> Result<(), Problem> {
        let mut valid = Validation::new();
        valid.take("/points", check_points(self.points));
        valid.take("/override", check_points(self.overridden));
        let own = item.kind == ItemKind::Manual || self.points.is_none();
        valid.check("/points", own, "NOT_MANUAL", "A quiz or an assignment has its own; override them.");
        valid.take(
            "/comment",
            text::optional(self.comment.as_ref(), |comment| text::paragraphs(comment, 2_000)),
        );
        valid.finish()
    }

    fn apply(&self, before: &Grade, item: &Item) -> Grade {
        let Self { points, overridden, excused, hidden, locked, ref comment } = *self;
        let said = before.said(Said { overridden, excused, hidden, locked, comment: comment.clone() });
        if item.kind != ItemKind::Manual {
            return said;
        }
        // What instructors enter counts, locked or not.
        Grade { points: points.map(Fraction::from), arrived: None, ..said }
    }
}

/// Sets somebody's grade for an item as a whole: the points of an item that instructors grade themselves; what counts in place of what was worked
/// out; whether it is excused, hidden or locked. Each change is kept in the grade's history.
#[utoipa::path(put, path = "/api/v1/progress/courses/{course_id}/gradebook/learners/{user_id}/grades/{item_id}",
    params(("course_id" = Uuid, Path), ("user_id" = Uuid, Path), ("item_id" = Uuid, Path)), operation_id = "enter_grade",
    request_body = Entering, responses(
        (status = 200, body = GradeView),
        (status = 404, description = "The caller gives no such course, or it has no such item or learner"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn enter(
    context: Context,
    caller: Caller,
    Path((course_id, user_id, item_id)): Path<(Uuid, UserId, Uuid)>,
    conditions: Conditions,
    ValidJson(entering): ValidJson<Entering>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    check_learner(course_id, user_id)?;
    let item = items::find(course_id, item_id)?.ok_or_else(no_item)?;
    entering.check(&item)?;
    again(|| {
        let sheet = totals::sheet(course_id, user_id)?;
        let found = sheet.grades.iter().find(|grade| grade.item_id == item_id);
        conditions.check(&EntityTag::of_version(found.map_or(0, |grade| grade.version)))?;
        let change = |before: &Grade, item: &Item| entering.apply(before, item);
        let (transaction, grade) =
            book::write(context.begin(), user_id, &item, Some(caller.user_id), change)?;
        let tag = EntityTag::of_version(grade.version);
        transaction.respond(tagged(&tag, Json(GradeView::of(&item, Some(&grade))))).commit()
    })
}

/// Lists how a grade was changed and by whom, the latest first.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/gradebook/learners/{user_id}/grades/{item_id}/history",
    params(("course_id" = Uuid, Path), ("user_id" = Uuid, Path), ("item_id" = Uuid, Path), ListQuery<History>),
    operation_id = "list_grade_history", responses(
        (status = 200, body = Listed<Change>),
        (status = 404, description = "The caller gives no such course, or it has no such item"),
    ))]
pub(super) async fn history(
    caller: Caller,
    Path((course_id, user_id, item_id)): Path<(Uuid, UserId, Uuid)>,
    query: ListQuery<History>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    items::find(course_id, item_id)?.ok_or_else(no_item)?;
    let scope = Scope::all().equal("user_id", user_id).equal("item_id", item_id);
    query.answer_within(&scope, std::convert::identity)
}
