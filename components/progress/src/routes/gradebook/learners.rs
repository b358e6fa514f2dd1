//! The grades of all learners, and of one.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value as JsonValue;
use utoipa::ToSchema;

use crate::domain::gradebook::grade::Grade;
use crate::domain::gradebook::item::Item;
use crate::domain::gradebook::total::Total;
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;
use crate::routes::seeing::given;
use crate::store::gradebook::totals::{self, LearnerRow, Sheet};
use crate::store::gradebook::{Book, grades};

/// A learner with what their grades come to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LearnerView {
    enrollment_id: Uuid,
    #[schema(value_type = Uuid)]
    user_id: UserId,
    display_name: Option<String>,
    #[schema(value_type = Total)]
    total: JsonValue,
}

#[derive(Deserialize, Serialize)]
struct After {
    id: Uuid,
}

/// What everybody's grades come to. What was counted by what held before, or never, is counted now.
fn counted(course_id: Uuid, rows: Vec<LearnerRow>) -> Result<Vec<LearnerView>, Problem> {
    let (Book { settings, revision, .. }, items) = totals::book(course_id)?;
    let is_fresh = |row: &LearnerRow| row.revision.is_some_and(|counted| counted >= revision);
    let stale: Vec<UserId> = rows.iter().filter(|row| !is_fresh(row)).map(|row| row.user_id).collect();
    let grades: Vec<Grade> =
        if stale.is_empty() { Vec::new() } else { query_all(grades::of_people(course_id, &stale))? };
    let total_of = |user_id: UserId| {
        let own: Vec<Grade> = grades.iter().filter(|grade| grade.user_id == user_id).cloned().collect();
        serde_json::to_value(Total::of(&settings, &items, &own)).unwrap_or_default()
    };
    let view = |row: LearnerRow| {
        let fresh = is_fresh(&row);
        let LearnerRow { enrollment_id, user_id, display_name, total, .. } = row;
        let total = total.filter(|_| fresh).map_or_else(|| total_of(user_id), |AsJson(total)| total);
        LearnerView { enrollment_id, user_id, display_name, total }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Lists those who learn in a course with what their grades come to, in the order in which they enrolled.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/gradebook/learners",
    params(("course_id" = Uuid, Path), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query)),
    operation_id = "list_graded_learners", responses(
        (status = 200, body = Listed<LearnerView>),
        (status = 404, description = "The caller gives no such course"),
    ))]
pub(super) async fn list(
    caller: Caller,
    Path(course_id): Path<Uuid>,
    page: Page,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let after = page.after::<After>()?.map(|after| after.id);
    let rows = totals::learners(course_id, after, page.rows_to_fetch())?;
    let views = counted(course_id, rows)?;
    Ok(page.answer(views, |view| After { id: view.enrollment_id }, std::convert::identity))
}

/// What instructors said of a grade.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct GradeState {
    /// It counts neither for nor against the learner.
    excused: bool,
    /// The learner doesn't see it.
    hidden: bool,
    /// It stays as it is.
    locked: bool,
}

/// What somebody has for an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Grade)]
pub(super) struct GradeView {
    item_id: Uuid,
    title: String,
    points_possible: Points,
    /// The points that count; none if there is no grade.
    pub(super) points: Option<Fraction>,
    percent: Option<Fraction>,
    /// What was worked out or entered, where something else counts.
    worked_out: Option<Fraction>,
    overridden: Option<Points>,
    #[serde(flatten)]
    state: GradeState,
    extra_credit: bool,
    comment: Option<String>,
    updated_at: Option<Timestamp>,
}

impl GradeView {
    pub(super) fn of(item: &Item, grade: Option<&Grade>) -> Self {
        let points = grade.and_then(Grade::counting);
        let possible = Fraction::from(item.points_possible);
        let overridden = grade.and_then(|grade| grade.overridden);
        let is = |what: fn(&Grade) -> bool| grade.is_some_and(what);
        Self {
            item_id: item.id,
            title: item.title.clone(),
            points_possible: item.points_possible,
            percent: points
                .as_ref()
                .and_then(|points| points.over(&possible))
                .map(|share| share.in_percent()),
            points,
            worked_out: grade.and_then(|grade| grade.points.clone()).filter(|_| overridden.is_some()),
            overridden,
            state: GradeState {
                excused: is(|grade| grade.excused),
                hidden: item.hidden || is(|grade| grade.hidden),
                locked: item.locked || is(|grade| grade.locked),
            },
            extra_credit: item.extra_credit,
            comment: grade.and_then(|grade| grade.comment.clone()),
            updated_at: grade.map(|grade| grade.updated_at),
        }
    }
}

/// All grades of somebody in a course, and what they come to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GradesView {
    course_id: Uuid,
    #[schema(value_type = Uuid)]
    user_id: UserId,
    total: Total,
    grades: Vec<GradeView>,
}

impl GradesView {
    /// Of a sheet; for the learner themselves without what is hidden, which then doesn't count either.
    pub(super) fn of(course_id: Uuid, user_id: UserId, sheet: &Sheet, own: bool) -> Self {
        let grade_of = |item: &Item| sheet.grades.iter().find(|grade| grade.item_id == item.id);
        let is_shown = |item: &&Item| {
            let hidden = item.hidden || grade_of(item).is_some_and(|grade| grade.hidden);
            !(own && hidden)
        };
        let items: Vec<Item> = sheet.items.iter().filter(is_shown).cloned().collect();
        let total = Total::of(&sheet.book.settings, &items, &sheet.grades);
        let grades = items.iter().map(|item| GradeView::of(item, grade_of(item))).collect();
        Self { course_id, user_id, total, grades }
    }
}

/// Shows all grades of a learner in a course, and what they come to.
#[utoipa::path(get, path = "/api/v1/progress/courses/{course_id}/gradebook/learners/{user_id}",
    params(("course_id" = Uuid, Path), ("user_id" = Uuid, Path)), operation_id = "show_graded_learner", responses(
        (status = 200, body = GradesView),
        (status = 404, description = "The caller gives no such course, or nobody of that id learned there"),
    ))]
pub(super) async fn show(
    caller: Caller,
    Path((course_id, user_id)): Path<(Uuid, UserId)>,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    super::entering::check_learner(course_id, user_id)?;
    let sheet = totals::sheet(course_id, user_id)?;
    Ok(Json(GradesView::of(course_id, user_id, &sheet, false)).into_response())
}
