//! What people earn by what they have done: achievements and competencies. Who completes something is noted in the same transaction
//! (`store::awards::due`), and is looked at right afterwards, or by the tick.

use std::collections::BTreeSet;

use lyceum_event_types::progress::{AchievementEarned, CompetencyAcquired};
use lyceum_kit::erasure;
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;

use crate::domain::competency::{Evidence, acquired};
use crate::store::awards::{self, Due, Standing};

/// Looks at those who are due.
pub(crate) fn award_due(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    periodic::each(
        |due: &Due| format!("awarding {}", due.user_id),
        |last| Ok(awards::next(last, now, periodic::BATCH)?),
        |due| award(by, due.user_id, due.since),
    )?;
    Ok(())
}

/// Looks at one person at once. If that fails, the tick does it.
pub(crate) fn award_now(context: &Context, user_id: UserId) {
    if let Err(error) = award(&context.without_once(), user_id, clock::now()) {
        log::warn(format!("awarding is left to the tick: {error}"));
    }
}

fn award(by: &WithoutOnce, user_id: UserId, since: Timestamp) -> Result<(), EventError> {
    let now = clock::now();
    let standing = awards::standing(user_id)?;
    let transaction = by.begin().execute(awards::done(user_id, since));
    let transaction = earned(transaction, user_id, &standing, now);
    let transaction = shown(transaction, user_id, &standing, now);
    match transaction.commit() {
        // Somebody else has just awarded the same; or the person was erased.
        Ok(_) | Err(TransactionError::Sql(SqlError::Expectation(_))) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn earned<E>(
    mut transaction: Transaction<E>,
    user_id: UserId,
    standing: &Standing,
    now: Timestamp,
) -> Transaction<E> {
    let has: BTreeSet<Uuid> = standing.earned.iter().map(|one| one.achievement_id).collect();
    let new = standing.active.iter().filter(|one| !has.contains(&one.id));
    for achievement in new.filter(|one| one.criterion.0.is_met(&standing.done)) {
        transaction = transaction
            .execute(erasure::unless_erased(user_id))
            .execute(awards::earn(user_id, achievement, now))
            .publish(&AchievementEarned {
                user_id,
                achievement_id: achievement.id,
                achievement_name: achievement.name.clone(),
                earned_at: now,
            });
    }
    transaction
}

fn shown<E>(
    mut transaction: Transaction<E>,
    user_id: UserId,
    standing: &Standing,
    now: Timestamp,
) -> Transaction<E> {
    let key = |one: &Evidence| (one.competency_id, one.reference_id);
    let mut noted: BTreeSet<(Uuid, Uuid)> = standing.noted.iter().map(key).collect();
    let mut all = standing.noted.clone();
    for one in &standing.shows {
        if noted.insert(key(one)) {
            transaction =
                transaction.execute(erasure::unless_erased(user_id)).execute(awards::show(user_id, one));
            all.push(one.clone());
        }
    }
    told(transaction, user_id, &standing.noted, all, now)
}

/// Tells of the competencies that this shows beyond what was noted before.
pub(crate) fn tell<E>(
    transaction: Transaction<E>,
    user_id: UserId,
    noted: &[Evidence],
    new: &[Evidence],
    now: Timestamp,
) -> Transaction<E> {
    told(transaction, user_id, noted, [noted, new].concat(), now)
}

fn told<E>(
    mut transaction: Transaction<E>,
    user_id: UserId,
    noted: &[Evidence],
    all: Vec<Evidence>,
    now: Timestamp,
) -> Transaction<E> {
    let before = acquired(user_id, noted.to_vec());
    for after in acquired(user_id, all) {
        let level = before.iter().find(|one| one.competency_id == after.competency_id);
        if level.is_none_or(|before| before.level < after.level) {
            transaction = transaction.publish(&CompetencyAcquired {
                user_id,
                competency_id: after.competency_id,
                competency_name: after.name,
                level: after.level,
                acquired_at: now,
            });
        }
    }
    transaction
}
