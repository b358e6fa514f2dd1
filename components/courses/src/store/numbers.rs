//! The SQL of the numbers in the catalogue: how many took a course, and what they say of it.
//!
//! They are counted from what there is, so counting again changes nothing. What others tell only notes that a course is to be
//! counted, and a minute later it is: thousands who enrol at once don't write the catalogue thousands of times.

use lyceum_kit::periodic;
use lyceum_kit::prelude::*;

/// The numbers of a course are to be counted anew.
pub(crate) fn stale(course_id: Uuid) -> Statement {
    let text = "INSERT INTO stale_listings (course_id, since) VALUES ($1, $2) \
                ON CONFLICT (course_id) DO UPDATE SET since = excluded.since";
    statement(text, params![course_id, clock::now()])
}

/// The same of the courses that are selected, of which `$1` is the parameter.
pub(crate) fn stale_of(selected: &str, parameter: UserId) -> Statement {
    let text = format!(
        "INSERT INTO stale_listings (course_id, since) SELECT s.course_id, CAST($2 AS BIGINT) FROM ({selected}) AS s \
         WHERE s.course_id <> '' ON CONFLICT (course_id) DO UPDATE SET since = excluded.since"
    );
    statement(text, params![parameter, clock::now()])
}

/// Counts the numbers of a course now.
pub(crate) fn count(course_id: Uuid) -> Vec<Statement> {
    let rows = ["listings", "organization_listings"].map(|table| {
        let text = format!(
            "UPDATE {table} SET \
             learner_count = (SELECT COUNT(*) FROM learners_seen l WHERE l.course_id = $1 AND l.course_version > 0), \
             rating_count = (SELECT COUNT(*) FROM reviews r WHERE r.course_id = $1), \
             rating = COALESCE((SELECT (200 * CAST(SUM(r.rating) AS BIGINT) + COUNT(*)) / (2 * COUNT(*)) \
             FROM reviews r WHERE r.course_id = $1 HAVING COUNT(*) > 0), 0) WHERE course_id = $1"
        );
        statement(text, params![course_id])
    });
    let terms = ["listing_words", "listing_tags", "listing_instructors"].map(|table| {
        let text = format!(
            "UPDATE {table} SET \
             learner_count = COALESCE((SELECT l.learner_count FROM listings l WHERE l.course_id = $1), 0), \
             rating = COALESCE((SELECT l.rating FROM listings l WHERE l.course_id = $1), 0) WHERE course_id = $1"
        );
        statement(text, params![course_id])
    });
    rows.into_iter().chain(terms).collect()
}

struct Stale {
    course_id: Uuid,
    since: Timestamp,
}
lyceum_kit::from_row!(Stale { course_id, since });

/// Counts what is to be counted.
pub(crate) fn count_stale(by: &WithoutOnce) -> Result<(), EventError> {
    periodic::each(
        |stale: &Stale| format!("counting the learners of the course {}", stale.course_id),
        |last| {
            let (since, id) = last.map_or((Timestamp::from_micros(0), String::new()), |last| {
                (last.since, last.course_id.to_string())
            });
            let text = "SELECT course_id, since FROM stale_listings \
                        WHERE since > $1 OR (since = $1 AND course_id > $2) ORDER BY since, course_id LIMIT $3";
            Ok(query_all(statement(text, params![since, id, periodic::BATCH]))?)
        },
        |stale| {
            // First, so that what is noted meanwhile waits, and is noted again.
            let text = "DELETE FROM stale_listings WHERE course_id = $1";
            let noted = statement(text, params![stale.course_id]);
            by.begin().execute(noted).execute_all(count(stale.course_id)).commit()?;
            Ok(())
        },
    )?;
    Ok(())
}
