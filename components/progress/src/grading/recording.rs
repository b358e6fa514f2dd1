//! What a quiz or an assignment came to for somebody, wherever that counts: for the course's completion, and in its gradebook.

use lyceum_kit::prelude::*;

use super::book;
use crate::domain::gradebook::grade::Grade;
use crate::domain::gradebook::item::Item;
use crate::domain::grading::fraction::Fraction;
use crate::domain::percent::Percent;
use crate::domain::seen::ItemResult;
use crate::store::gradebook::items;
use crate::store::results;

/// Somebody in a course.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose {
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    /// `quiz` or `assignment`.
    pub(crate) kind: &'static str,
}

/// A share as the criteria of a course compare it: cut off, so that nothing is reached before it is.
fn percent(share: &Fraction) -> Percent {
    let hundredths = share.in_percent().floored().clamp(0, 10_000);
    Percent::of_hundredths(u16::try_from(hundredths).unwrap_or(0))
}

/// Adds that it came to this share, and whether that is enough. Afterwards `settling::settle_now` counts it for the course's completion.
pub(crate) fn result<E>(
    transaction: Transaction<E>,
    whose: Whose,
    item: &Item,
    share: &Fraction,
    passed: bool,
) -> Result<Transaction<E>, Problem> {
    let now = clock::now();
    let Whose { user_id, course_id, kind } = whose;
    let result = ItemResult { item_id: item.id, score: percent(share), passed, decided_at: now };
    let transaction =
        transaction.execute_all(results::set(user_id, course_id, kind, &result)).execute(items::ensure(item));
    let reached =
        |before: &Grade, item: &Item| before.reached(item, Some(share.clone() * item.points_possible.into()));
    let (transaction, _) = book::write(transaction, user_id, item, None, reached)?;
    Ok(transaction)
}
