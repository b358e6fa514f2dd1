//! How grades are written: with the history of each, and with what all of somebody's come to. What one person's change costs depends on
//! how many items the course has, and not on how many people.

use lyceum_kit::prelude::*;
use lyceum_kit::{erasure, periodic};

use crate::domain::gradebook::grade::Grade;
use crate::domain::gradebook::item::Item;
use crate::domain::gradebook::total::Total;
use crate::store::gradebook::totals::{self, Sheet, Stale};
use crate::store::gradebook::{self, Unsettled, grades};

/// People whose totals one transaction counts again.
const CHUNK: u16 = 100;
/// So many of these a tick.
const CHUNKS: usize = 20;

/// Adds a grade as `change` makes it of what it was, and the total that follows. Fails with [`Problem::changed_meanwhile`] if somebody
/// else was quicker.
pub(crate) fn write<E>(
    transaction: Transaction<E>,
    user_id: UserId,
    item: &Item,
    by: Option<UserId>,
    change: impl FnOnce(&Grade, &Item) -> Grade,
) -> Result<(Transaction<E>, Grade), Problem> {
    let course_id = item.course_id;
    let Sheet { book, mut items, mut grades, version } = totals::sheet(course_id, user_id)?;
    // As it is now, which is not always as it was told.
    let now = items.iter().find(|other| other.id == item.id).cloned();
    let item = now.unwrap_or_else(|| {
        items.push(item.clone());
        item.clone()
    });
    let before = grades.iter().find(|grade| grade.item_id == item.id).cloned();
    let before = before.unwrap_or_else(|| Grade::none(course_id, user_id, item.id));
    let grade = change(&before, &item);
    grades.retain(|other| other.item_id != item.id);
    grades.push(grade.clone());
    let total = Total::of(&book.settings, &items, &grades);
    let transaction = transaction
        .execute(erasure::unless_erased(user_id))
        .execute(grades::write(&grade))
        .on_missing(Problem::changed_meanwhile)
        .on_unique("grades.user_id,item_id", Problem::changed_meanwhile)
        .execute(totals::write(course_id, user_id, &total, book.revision, version))
        .on_missing(Problem::changed_meanwhile)
        .execute(grades::note(&grade, by));
    Ok((transaction, grade))
}

/// Counts everybody's totals again where something was changed that holds for all of them.
pub(crate) fn settle(by: &WithoutOnce) -> Result<(), EventError> {
    periodic::each(
        |unsettled: &Unsettled| format!("counting the grades of the course {}", unsettled.course_id),
        |last| Ok(gradebook::unsettled(last, periodic::BATCH)?),
        |unsettled| settle_course(by, *unsettled),
    )
    .map(drop)
}

fn settle_course(by: &WithoutOnce, unsettled: Unsettled) -> Result<(), EventError> {
    let Unsettled { course_id, revision } = unsettled;
    for _ in 0..CHUNKS {
        let stale = totals::stale(course_id, revision, CHUNK)?;
        if stale.is_empty() {
            by.begin().execute(gradebook::settled(unsettled)).commit()?;
            return Ok(());
        }
        settle_chunk(by, course_id, &stale)?;
    }
    Ok(())
}

/// What was read of a total's row is older than the grades that are read now; who writes one meanwhile changes the row, which is then
/// left to the next time.
fn settle_chunk(by: &WithoutOnce, course_id: Uuid, stale: &[Stale]) -> Result<(), EventError> {
    let (book, items) = totals::book(course_id)?;
    let people: Vec<UserId> = stale.iter().map(|stale| stale.user_id).collect();
    let all: Vec<Grade> = query_all(grades::of_people(course_id, &people))?;
    let renewed = stale.iter().map(|stale| {
        let own: Vec<Grade> = all.iter().filter(|grade| grade.user_id == stale.user_id).cloned().collect();
        totals::renew(course_id, *stale, &Total::of(&book.settings, &items, &own), book.revision)
    });
    by.begin().execute_all(renewed).commit()?;
    Ok(())
}
