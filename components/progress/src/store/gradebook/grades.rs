//! The SQL of grades and their history.

use lyceum_kit::list::{List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::{Table, Versioned as _};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::gradebook::grade::Grade;
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;

row!(versioned Grade in "grades" {
    id, course_id, user_id, item_id, points, arrived, overridden, excused, hidden, locked, comment, version, updated_at
});

/// All grades of somebody in a course.
pub(crate) fn of_person(course_id: Uuid, user_id: UserId) -> Statement {
    Grade::select("WHERE course_id = $1 AND user_id = $2", params![course_id, user_id])
}

/// All grades of these people in a course; at most 200 of them.
pub(crate) fn of_people(course_id: Uuid, people: &[UserId]) -> Statement {
    let places: Vec<String> = (2..people.len() + 2).map(|at| format!("${at}")).collect();
    let mut values = params![course_id];
    values.extend(people.iter().map(|user_id| (*user_id).into_value()));
    Grade::select(&format!("WHERE course_id = $1 AND user_id IN ({})", places.join(", ")), values)
}

/// Writes a grade, which has its next version.
pub(crate) fn write(grade: &Grade) -> Statement {
    if grade.version == 1 { grade.insert() } else { grade.update() }
}

/// A change of a grade.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GradeChange)]
pub(crate) struct Change {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    #[schema(value_type = Uuid)]
    pub(crate) user_id: UserId,
    pub(crate) item_id: Uuid,
    /// What was worked out or entered.
    pub(crate) points: Option<Fraction>,
    /// What counts in place of that.
    pub(crate) overridden: Option<Points>,
    pub(crate) excused: bool,
    pub(crate) hidden: bool,
    pub(crate) locked: bool,
    pub(crate) comment: Option<String>,
    /// None if it was worked out of an attempt or a submission.
    #[schema(value_type = Option<Uuid>)]
    pub(crate) changed_by: Option<UserId>,
    pub(crate) changed_at: Timestamp,
}
row!(Change in "grade_history" {
    id, course_id, user_id, item_id, points, overridden, excused, hidden, locked, comment, changed_by, changed_at
});

/// Notes how a grade is from now on.
pub(crate) fn note(grade: &Grade, changed_by: Option<UserId>) -> Statement {
    let Grade { course_id, user_id, item_id, overridden, excused, hidden, locked, .. } = *grade;
    let (points, comment) = (grade.points.clone(), grade.comment.clone());
    let (id, changed_at) = (ids::new(), grade.updated_at);
    let change = Change {
        id,
        course_id,
        user_id,
        item_id,
        points,
        overridden,
        excused,
        hidden,
        locked,
        comment,
        changed_by,
        changed_at,
    };
    change.insert()
}

const CHANGED: Order = Order::integer("changed_at");

/// The history of a grade.
pub(crate) struct History;

impl Listing for History {
    type Row = Change;
    const LIST: List =
        List::of(Change::TABLE, Change::COLUMN_LIST, "id", CHANGED.descending()).orders(&[CHANGED]);
}
