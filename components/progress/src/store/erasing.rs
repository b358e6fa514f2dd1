//! What is erased of a person: all of it.

use lyceum_kit::prelude::*;

/// Every table with a person's data, by `user_id`. What is added to the service is added here.
const OF_PERSON: [&str; 10] = [
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
    statements.extend(OF_PERSON.map(delete));
    statements
}
