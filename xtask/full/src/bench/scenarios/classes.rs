//! Classes with a grade of everybody for each item, put straight into the database of progress: a million of them would take an hour
//! by requests.

use std::path::Path;

use anyhow::Context;
use rusqlite::{Connection, OpenFlags, params};

/// Items of each gradebook.
pub(super) const ITEMS: usize = 100;

const ENROLLMENT: &str = "INSERT INTO enrollments_seen (enrollment_id, course_id, user_id, course_version, enrolled_at, ended, \
                          enrollments_sequence) VALUES (?1, ?2, ?3, 1, 1, FALSE, 1)";
const TOTAL: &str =
    "INSERT INTO grade_totals (course_id, user_id, total, revision, version) VALUES (?1, ?2, 'null', 0, 1)";
const ITEM: &str = "INSERT INTO grade_items (id, course_id, kind, title, points_possible, extra_credit, hidden, locked, position, \
     course_version, version, created_at, updated_at) VALUES (?1, ?2, 'manual', 'Item', '7', FALSE, FALSE, FALSE, ?3, 0, 1, 1, 1)";
const GRADE: &str = "INSERT INTO grades (id, course_id, user_id, item_id, points, excused, hidden, locked, version, updated_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, FALSE, FALSE, FALSE, 1, 1)";

/// Who has this number in every class.
pub(super) fn learner(number: usize) -> String {
    id(1, number)
}

/// The item with this number of a class.
pub(super) fn item(class: usize, number: usize) -> String {
    id(2, class * ITEMS + number)
}

fn id(kind: usize, number: usize) -> String {
    format!("01890000-0000-7000-8{kind:03}-{number:012}")
}

/// Fills classes, by their courses' ids, with so many learners.
pub(super) fn fill(database: &Path, classes: &[(String, usize)]) -> anyhow::Result<()> {
    let mut connection =
        Connection::open(database).with_context(|| format!("can't open {}", database.display()))?;
    let transaction = connection.transaction()?;
    let (mut enrollments, mut grades) = (0.., 0..);
    let unique =
        |kind, numbers: &mut std::ops::RangeFrom<usize>| id(kind, numbers.next().unwrap_or_default());
    for (class, (course, learners)) in classes.iter().enumerate() {
        for (number, position) in (0..ITEMS).zip(0_i64..) {
            transaction.prepare_cached(ITEM)?.execute(params![item(class, number), course, position])?;
        }
        for number in 0..*learners {
            let learner = learner(number);
            let enrollment = unique(3, &mut enrollments);
            transaction.prepare_cached(ENROLLMENT)?.execute(params![enrollment, course, learner])?;
            transaction.prepare_cached(TOTAL)?.execute(params![course, learner])?;
            for at in 0..ITEMS {
                let (grade, points) = (unique(4, &mut grades), ((number + at) % 8).to_string());
                let values = params![grade, course, learner, item(class, at), points];
                transaction.prepare_cached(GRADE)?.execute(values)?;
            }
        }
    }
    transaction.commit().context("can't fill classes")
}

/// Of how many gradebooks the totals are not counted yet.
pub(super) fn unsettled(database: &Path) -> anyhow::Result<i64> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("can't open {}", database.display()))?;
    let text = "SELECT COUNT(*) FROM gradebooks WHERE settled < revision";
    Ok(connection.query_row(text, [], |row| row.get(0))?)
}
