//! Accounts that are taken over from the older library.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_event_types::auth::UserCreated;
use lyceum_kit::prelude::*;
use lyceum_kit::takeover::places;

use super::insert;
use super::library::NUMBERS;
use crate::domain::account::Status;
use crate::domain::address::Address;

#[derive(Debug)]
struct Account {
    email_folded: String,
    number: Option<i64>,
}
from_row!(Account { email_folded, number });

/// Which of these addresses, as they are stored, accounts have: each with the number of its account, if it has one.
pub(crate) fn numbers_by_address(
    addresses: &BTreeSet<String>,
) -> Result<BTreeMap<String, Option<i64>>, SqlError> {
    if addresses.is_empty() {
        return Ok(BTreeMap::new());
    }
    let text = format!(
        "SELECT a.email_folded, l.number FROM accounts a LEFT JOIN library_users l ON l.account_id = a.id \
         WHERE a.email_folded IN ({})",
        places(addresses.len())
    );
    let found: Vec<Account> =
        query_all(statement(text, addresses.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|Account { email_folded, number }| (email_folded, number)).collect())
}

/// Which of these numbers accounts have.
pub(crate) fn numbers_in_use(numbers: &BTreeSet<i64>) -> Result<BTreeSet<i64>, SqlError> {
    let text = format!("SELECT number FROM library_users WHERE number IN ({})", places(numbers.len()));
    let numbers = numbers.iter().map(IntoValue::into_value).collect();
    let found: Vec<(i64,)> = query_all(statement(text, numbers))?;
    Ok(found.into_iter().map(|(number,)| number).collect())
}

/// The account, with the name that older clients see. Not unique: `accounts.email_folded`.
pub(crate) fn add(user: &UserCreated, full_name: &str, email: &Address, hash: &str) -> Vec<Statement> {
    let address = (email.as_str(), email.folded());
    let mut statements =
        vec![insert(user.user_id, address, full_name, hash, &user.roles, None, user.created_at)];
    if let Some(status) = user.status {
        let text = "UPDATE accounts SET status = $2 WHERE id = $1";
        statements.push(statement(text, params![user.user_id, Status::from(status).name()]));
    }
    statements
}

/// New accounts get higher numbers.
pub(crate) fn count_on_after(number: i64) -> Statement {
    NUMBERS.at_least("", number)
}
