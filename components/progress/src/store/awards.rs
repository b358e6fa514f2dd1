//! The SQL of achievements and competencies.

use lyceum_kit::list::{List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::Table as _;

use crate::domain::achievement::{Achievement, Done, UserAchievement};
use crate::domain::competency::{Competency, Evidence};

row!(versioned Achievement in "achievements" {
    id, name, name_folded, description, image_url, category, points, criterion, active, version, created_at, updated_at
});
row!(versioned Competency in "competencies" {
    id, name, name_folded, description, category, level, sources, version, created_at, updated_at
});
from_row!(UserAchievement {
    user_id,
    achievement_id,
    name,
    description,
    image_url,
    category,
    points,
    earned_at
});
from_row!(Evidence {
    competency_id,
    competency_name,
    kind,
    reference_id,
    level,
    description,
    url,
    recorded_at
});

const BY_NAME: Order = Order::text("name_folded").named("name");

/// All achievements.
pub(crate) struct Achievements;

impl Listing for Achievements {
    type Row = Achievement;
    const LIST: List =
        List::of(Achievement::TABLE, Achievement::COLUMN_LIST, "id", BY_NAME).orders(&[BY_NAME]);
}

/// All competencies.
pub(crate) struct Competencies;

impl Listing for Competencies {
    type Row = Competency;
    const LIST: List = List::of(Competency::TABLE, Competency::COLUMN_LIST, "id", BY_NAME).orders(&[BY_NAME]);
}

/// An achievement is gone; misses its row if it was changed since it was read. Who has it keeps it.
pub(crate) fn delete_achievement(achievement: &Achievement) -> Statement {
    let text = "DELETE FROM achievements WHERE id = $1 AND version = $2";
    statement(text, params![achievement.id, achievement.version]).expect_rows(1)
}

/// A competency is gone; misses its row if it was changed since it was read.
pub(crate) fn delete_competency(competency: &Competency) -> [Statement; 2] {
    let text = "DELETE FROM competencies WHERE id = $1 AND version = $2";
    let own = statement(text, params![competency.id, competency.version]).expect_rows(1);
    [own, without_sources(competency.id)]
}

/// Commits only if nobody has acquired it.
pub(crate) fn is_unused(competency_id: Uuid) -> Statement {
    let text = "SELECT user_id FROM competency_evidence WHERE competency_id = $1 LIMIT 1";
    statement(text, params![competency_id]).expect_rows(0)
}

fn without_sources(competency_id: Uuid) -> Statement {
    statement("DELETE FROM competency_sources WHERE competency_id = $1", params![competency_id])
}

/// What shows the competency is this now.
pub(crate) fn set_sources(competency: &Competency) -> Vec<Statement> {
    let mut statements = vec![without_sources(competency.id)];
    statements.extend(competency.sources.0.iter().map(|source| {
        let text = "INSERT INTO competency_sources (reference_id, competency_id, kind, level) VALUES ($1, $2, $3, $4)";
        statement(text, params![source.reference_id, competency.id, source.kind, source.level])
    }));
    statements
}

/// What a person has earned.
pub(crate) fn earned(user_id: UserId) -> Statement {
    let text = "SELECT user_id, achievement_id, name, description, image_url, category, points, earned_at \
                FROM user_achievements WHERE user_id = $1";
    statement(text, params![user_id])
}

/// The points of what a person has earned.
pub(crate) fn points(user_id: UserId) -> Result<i64, SqlError> {
    let text =
        "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) AS points FROM user_achievements WHERE user_id = $1";
    query_one(statement(text, params![user_id])).map(|(points,)| points)
}

/// What shows what a person is able to do.
pub(crate) fn evidence(user_id: UserId) -> Statement {
    let text = "SELECT e.competency_id AS competency_id, c.name AS competency_name, e.kind AS kind, \
                e.reference_id AS reference_id, e.level AS level, e.description AS description, e.url AS url, \
                e.recorded_at AS recorded_at \
                FROM competency_evidence e CROSS JOIN competencies c WHERE e.user_id = $1 AND c.id = e.competency_id";
    statement(text, params![user_id])
}

/// Earned, now; misses its row if it was earned before.
pub(crate) fn earn(user_id: UserId, achievement: &Achievement, now: Timestamp) -> Statement {
    let text = "INSERT INTO user_achievements (user_id, achievement_id, name, description, image_url, category, points, \
                earned_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id, achievement_id) DO NOTHING";
    let Achievement { id, name, description, image_url, category, points, .. } = achievement;
    statement(text, params![user_id, *id, name, description, image_url, category, *points, now])
        .expect_rows(1)
}

/// Shown, now; misses its row if it was shown before.
pub(crate) fn show(user_id: UserId, evidence: &Evidence) -> Statement {
    let text = "INSERT INTO competency_evidence (user_id, competency_id, reference_id, kind, level, recorded_at) \
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, competency_id, reference_id) DO NOTHING";
    let Evidence { competency_id, reference_id, kind, level, recorded_at, .. } = evidence;
    let values = params![user_id, *competency_id, *reference_id, *kind, *level, *recorded_at];
    statement(text, values).expect_rows(1)
}

/// Recorded by somebody who teaches the person.
pub(crate) fn record(user_id: UserId, evidence: &Evidence, by: UserId) -> Statement {
    let text = "INSERT INTO competency_evidence (user_id, competency_id, reference_id, kind, level, description, url, \
                recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let Evidence { competency_id, reference_id, kind, level, description, url, recorded_at, .. } = evidence;
    let values =
        params![user_id, *competency_id, *reference_id, *kind, *level, description, url, by, *recorded_at];
    statement(text, values)
}

/// What may be earned, what was, what was done, and what shows which competency.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) active: Vec<Achievement>,
    pub(crate) earned: Vec<UserAchievement>,
    pub(crate) done: Done,
    /// What shows something, noted before or not.
    pub(crate) shows: Vec<Evidence>,
    /// What was noted before.
    pub(crate) noted: Vec<Evidence>,
}

const SHOWS: &str = "SELECT s.competency_id AS competency_id, c.name AS competency_name, s.kind AS kind, \
                     s.reference_id AS reference_id, s.level AS level, NULL AS description, NULL AS url";

/// As of one moment.
pub(crate) fn standing(user_id: UserId) -> Result<Standing, SqlError> {
    let counts = "SELECT lessons_completed, courses_completed FROM learners WHERE user_id = $1";
    let perfect =
        "SELECT COUNT(*) AS perfect FROM item_results WHERE user_id = $1 AND kind = 'quiz' AND score = 10000";
    let by_courses = format!(
        "{SHOWS}, p.completed_at AS recorded_at FROM course_progress p CROSS JOIN competency_sources s \
         CROSS JOIN competencies c WHERE p.user_id = $1 AND p.completed_at IS NOT NULL AND s.reference_id = p.course_id \
         AND s.kind = 'course' AND c.id = s.competency_id"
    );
    let by_results = format!(
        "{SHOWS}, r.decided_at AS recorded_at FROM item_results r CROSS JOIN competency_sources s \
         CROSS JOIN competencies c WHERE r.user_id = $1 AND r.passed = TRUE AND s.reference_id = r.item_id \
         AND s.kind = r.kind AND c.id = s.competency_id"
    );
    let mut sets = query(vec![
        Achievement::select("WHERE active = TRUE ORDER BY id LIMIT 1000", Vec::new()),
        earned(user_id),
        statement(counts, params![user_id]),
        statement(perfect, params![user_id]),
        super::rows::completed_courses(user_id),
        statement(by_courses, params![user_id]),
        statement(by_results, params![user_id]),
        evidence(user_id),
    ])?
    .into_iter();
    let mut next = || sets.next().unwrap_or_default();
    let active = next().all()?;
    let earned = next().all()?;
    let counts: Option<Counted> = next().optional()?;
    let (perfect_quizzes,): (i64,) = next().one()?;
    let courses: Vec<(Uuid,)> = next().all()?;
    let mut shows: Vec<Evidence> = next().all()?;
    shows.extend(next().all::<Evidence>()?);
    let counts = counts.unwrap_or_default();
    let done = Done {
        courses_completed: counts.courses_completed,
        lessons_completed: counts.lessons_completed,
        perfect_quizzes,
        courses: courses.into_iter().map(|(id,)| id).collect(),
    };
    Ok(Standing { active, earned, done, shows, noted: next().all()? })
}

#[derive(Debug, Default)]
struct Counted {
    lessons_completed: i64,
    courses_completed: i64,
}
from_row!(Counted { lessons_completed, courses_completed });

/// A person of whom something may follow.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) user_id: UserId,
    pub(crate) since: Timestamp,
}
from_row!(Due { user_id, since });

/// Something may follow.
pub(crate) fn due(user_id: UserId, now: Timestamp) -> Statement {
    let text = "INSERT INTO awards_due (user_id, since) VALUES ($1, $2) \
                ON CONFLICT (user_id) DO UPDATE SET since = excluded.since";
    statement(text, params![user_id, now])
}

/// It was looked at, unless more was done since.
pub(crate) fn done(user_id: UserId, since: Timestamp) -> Statement {
    let text = "DELETE FROM awards_due WHERE user_id = $1 AND since <= $2";
    statement(text, params![user_id, since])
}

/// The first people after this one.
pub(crate) fn next(after: Option<&Due>, until: Timestamp, limit: u16) -> Result<Vec<Due>, SqlError> {
    let (since, id) =
        after.map_or((Timestamp::from_micros(0), String::new()), |due| (due.since, due.user_id.to_string()));
    let text = "SELECT user_id, since FROM awards_due WHERE since >= $1 AND since <= $2 \
                AND (since > $1 OR user_id > $3) ORDER BY since, user_id LIMIT $4";
    query_all(statement(text, params![since, until, id, limit]))
}
