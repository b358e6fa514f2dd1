//! The SQL of items.

use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table as _;

use crate::domain::gradebook::item::Item;

row!(versioned Item in "grade_items" {
    id, course_id, kind, title, points_possible, category_id, weight, extra_credit, hidden, locked, position,
    course_version, version, created_at, updated_at
});

/// So many items a gradebook has at most.
pub(crate) const ITEMS: usize = 2_500;

/// All of a course, in their order.
pub(crate) fn of_course(course_id: Uuid) -> Statement {
    Item::select("WHERE course_id = $1 ORDER BY position, id", params![course_id])
}

/// One of a course.
pub(crate) fn find(course_id: Uuid, id: Uuid) -> Result<Option<Item>, SqlError> {
    let found: Option<Item> = query_optional(Item::select("WHERE id = $1", params![id]))?;
    Ok(found.filter(|item| item.course_id == course_id))
}

fn insert(item: &Item, conflict: &str) -> Statement {
    let values: Vec<String> = (1..=Item::COLUMNS.len()).map(|at| format!("${at}")).collect();
    let (columns, values) = (Item::COLUMN_LIST, values.join(", "));
    statement(
        format!("INSERT INTO grade_items ({columns}) VALUES ({values}) ON CONFLICT (id) {conflict}"),
        item.values(),
    )
}

/// Adds a quiz or an assignment unless it is there.
pub(crate) fn ensure(item: &Item) -> Statement {
    insert(item, "DO NOTHING")
}

/// The same, with title and points as a newer version has them.
pub(crate) fn renew(item: &Item) -> Statement {
    insert(
        item,
        "DO UPDATE SET title = excluded.title, points_possible = excluded.points_possible, \
         course_version = excluded.course_version, version = grade_items.version + 1, updated_at = excluded.updated_at \
         WHERE grade_items.course_version < excluded.course_version",
    )
}

/// Deletes one with all its grades.
pub(crate) fn delete(item: &Item) -> [Statement; 2] {
    let grades = "DELETE FROM grades WHERE item_id = $1";
    let own = "DELETE FROM grade_items WHERE id = $1 AND version = $2";
    [statement(grades, params![item.id]), statement(own, params![item.id, item.version]).expect_rows(1)]
}

/// What came for its grades while it was locked counts now.
pub(crate) fn unlock(item_id: Uuid) -> Statement {
    let text = "UPDATE grades SET points = arrived, arrived = NULL, version = version + 1 \
                WHERE item_id = $1 AND arrived IS NOT NULL AND locked = FALSE";
    statement(text, params![item_id])
}
