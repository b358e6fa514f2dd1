//! A person's data is erased.
//!
//! What somebody has, or owes, is not forgotten. users asks before anything is erased (`routes::closures`), and is refused until
//! their copies are back and their fines are settled; from then on they begin nothing new. If there is something all the same,
//! such as with an erasure that began in an earlier release, nothing is answered, and users asks again every hour. Then lendings
//! and fines remain without the person.

use lyceum_kit::erasure::Erasure;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Silent;

use super::accounts::owing;
use super::holds;
use crate::holding;

const FORGET_LENDINGS: &str =
    "UPDATE lendings SET reader_id = NULL, user_id = NULL, commentary = NULL WHERE user_id = $1";

/// Adds what forgets the person; refused while they have or owe something.
pub(crate) fn erase(
    erasure: &Erasure<'_>,
    transaction: Transaction<Silent>,
) -> Result<Transaction<Silent>, EventError> {
    let user_id = erasure.user_id();
    if query_optional::<(Uuid,)>(owing(user_id))?.is_some() {
        let why = "Copies are not back, or fines are owed.";
        return Err(EventError::refused(&Problem::conflict("SOMETHING_OWED", why)));
    }
    // What they wait for ends before, each by itself: so copies are kept for who is next.
    holding::cancel_all(&erasure.without_once(), || holds::of_person(user_id))?;
    let forget = |text: &str| statement(text, params![user_id]);
    Ok(transaction
        .execute(owing(user_id).expect_rows(0))
        .execute(holds::of_person(user_id).expect_rows(0))
        .execute(forget("UPDATE holds SET reader_id = NULL, user_id = NULL WHERE user_id = $1"))
        .execute(forget(FORGET_LENDINGS))
        .execute(forget("UPDATE fines SET reader_id = NULL, user_id = NULL WHERE user_id = $1"))
        .execute(forget("DELETE FROM reader_accounts WHERE user_id = $1"))
        .execute(forget("DELETE FROM closures WHERE user_id = $1"))
        .execute(forget("DELETE FROM readers_seen WHERE user_id = $1")))
}
