//! Which accounts and readers are there already.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::places;

#[derive(Debug)]
struct Account {
    user_id: UserId,
    address: String,
}
from_row!(Account { user_id, address });

/// Whose these addresses are, in the one form in which they are compared, as far as auth's events have come.
pub(crate) fn accounts_of(addresses: &BTreeSet<String>) -> Result<BTreeMap<String, UserId>, SqlError> {
    let text =
        format!("SELECT user_id, address FROM users_seen WHERE address IN ({})", places(addresses.len()));
    let found: Vec<Account> =
        query_all(statement(text, addresses.iter().map(IntoValue::into_value).collect()))?;
    Ok(found.into_iter().map(|Account { user_id, address }| (address, user_id)).collect())
}

#[derive(Debug)]
struct Numbered {
    number: String,
    user_id: UserId,
}
from_row!(Numbered { number, user_id });

/// The readers who have one of these numbers or accounts: each with their account behind the number.
pub(crate) fn readers_among(
    numbers: &BTreeSet<&str>,
    accounts: &BTreeMap<String, UserId>,
) -> Result<Vec<(String, UserId)>, SqlError> {
    let of = |column: &str, values: Vec<Value>| {
        let places = places(values.len());
        statement(format!("SELECT number, user_id FROM readers WHERE {column} IN ({places})"), values)
    };
    let mut statements = vec![of("number", numbers.iter().map(IntoValue::into_value).collect())];
    if !accounts.is_empty() {
        statements.push(of("user_id", accounts.values().map(IntoValue::into_value).collect()));
    }
    let mut readers = BTreeMap::new();
    for rows in query(statements)? {
        let found: Vec<Numbered> = rows.all()?;
        readers.extend(found.into_iter().map(|Numbered { number, user_id }| (number, user_id)));
    }
    Ok(readers.into_iter().collect())
}
