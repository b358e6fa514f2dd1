//! What is erased of a person: all of it.

use lyceum_kit::prelude::*;

/// Every table with a person's data, by `user_id`. What is added to the service is added here.
const OF_PERSON: [&str; 18] = [
    "attempts",
    "submission_comments",
    "submissions",
    "assignment_extensions",
    "due_reminders",
    "grades",
    "grade_totals",
    "grade_history",
    "certificates",
    "user_achievements",
    "competency_evidence",
    "awards_due",
    "lesson_progress",
    "item_results",
    "course_progress",
    "learners",
    "enrollments_seen",
    "people_seen",
];

pub(crate) fn erase(user_id: UserId) -> Vec<Statement> {
    let due = "DELETE FROM settlements_due WHERE enrollment_id IN \
               (SELECT enrollment_id FROM enrollments_seen WHERE user_id = $1)";
    let declared =
        "UPDATE course_progress SET declared_by = NULL, version = version + 1 WHERE declared_by = $1";
    let revoked = "UPDATE certificates SET revoked_by = NULL WHERE revoked_by = $1";
    let mut statements = vec![
        statement(revoked, params![user_id]),
        statement(due, params![user_id]),
        statement(declared, params![user_id]),
    ];
    let delete = |table: &str| statement(format!("DELETE FROM {table} WHERE user_id = $1"), params![user_id]);
    statements.extend(grading(user_id));
    statements.extend(OF_PERSON.map(delete));
    statements
}

/// What others said of their work, and by whom others were graded or judged.
fn grading(user_id: UserId) -> [Statement; 5] {
    let said = "DELETE FROM submission_comments WHERE submission_id IN (SELECT id FROM submissions WHERE user_id = $1)";
    let by = |table: &str, column: &str| {
        statement(format!("UPDATE {table} SET {column} = NULL WHERE {column} = $1"), params![user_id])
    };
    [
        statement(said, params![user_id]),
        by("submissions", "graded_by"),
        by("assignment_extensions", "granted_by"),
        by("grade_history", "changed_by"),
        by("competency_evidence", "recorded_by"),
    ]
}
