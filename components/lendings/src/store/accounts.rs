//! What each reader has and owes. The row is what checkouts of one reader wait for, so that none is above the limit.

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Owed;

from_row!(Owed { copies, cents });

/// A reader's account.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ReaderAccount)]
pub(crate) struct Account {
    pub(crate) reader_id: Uuid,
    /// How many copies they have.
    pub(crate) open_lendings: i64,
    /// What they owe, in cents.
    pub(crate) unpaid_cents: i64,
}
from_row!(Account { reader_id, open_lendings, unpaid_cents });

/// One more lending; misses its row if there are so many already. The least that can be allowed is 1.
pub(crate) fn lend(reader_id: Uuid, user_id: UserId, most: u32) -> Statement {
    let text = "INSERT INTO reader_accounts (reader_id, user_id, open_lendings, unpaid_cents) VALUES ($1, $2, 1, 0) \
                ON CONFLICT (reader_id) DO UPDATE SET open_lendings = reader_accounts.open_lendings + 1 \
                WHERE reader_accounts.open_lendings < $3";
    statement(text, params![reader_id, user_id, most]).expect_rows(1)
}

/// One lending fewer, and so many cents more to pay.
pub(crate) fn take_back(reader_id: Uuid, fine_cents: i64) -> Statement {
    let text = "UPDATE reader_accounts SET open_lendings = open_lendings - 1, unpaid_cents = unpaid_cents + $2 \
                WHERE reader_id = $1";
    statement(text, params![reader_id, fine_cents]).expect_rows(1)
}

/// So many cents fewer to pay.
pub(crate) fn settle(reader_id: Uuid, cents: i64) -> Statement {
    let text = "UPDATE reader_accounts SET unpaid_cents = unpaid_cents - $2 WHERE reader_id = $1";
    statement(text, params![reader_id, cents]).expect_rows(1)
}

/// What a person has and owes, with all records that they ever had.
pub(crate) fn of_person(user_id: UserId) -> Result<Owed, SqlError> {
    let text = "SELECT CAST(COALESCE(SUM(open_lendings), 0) AS BIGINT) AS copies, \
                CAST(COALESCE(SUM(unpaid_cents), 0) AS BIGINT) AS cents FROM reader_accounts WHERE user_id = $1";
    query_one(statement(text, params![user_id]))
}

/// Finds an account of who has or owes something.
pub(crate) fn owing(user_id: UserId) -> Statement {
    let text = "SELECT reader_id FROM reader_accounts WHERE user_id = $1 AND (open_lendings > 0 OR unpaid_cents > 0) \
                LIMIT 1";
    statement(text, params![user_id])
}

/// The reader's account, if they ever borrowed something.
pub(crate) fn find(reader_id: Uuid) -> Statement {
    let text = "SELECT reader_id, open_lendings, unpaid_cents FROM reader_accounts WHERE reader_id = $1";
    statement(text, params![reader_id])
}
