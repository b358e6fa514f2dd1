//! The SQL of configurations and flags.

pub(crate) mod configurations;
pub(crate) mod discovery;
pub(crate) mod flags;

use lyceum_kit::prelude::*;

/// Counts what has no number of its own in an answer, such as changes.
pub(crate) fn count(name: &'static str) -> Statement {
    let text = "INSERT INTO sequences (name, scope, value) VALUES ($1, '', 1) \
                ON CONFLICT (name, scope) DO UPDATE SET value = sequences.value + 1";
    statement(text, params![name]).expect_rows(1)
}

/// Nothing says any more what this person did. An older system's numbers of people are not theirs: nothing leads from one
/// to the other.
pub(crate) fn erase(user_id: UserId) -> [Statement; 3] {
    ["configurations", "config_history", "flag_changes"].map(|table| {
        statement(format!("UPDATE {table} SET actor_id = NULL WHERE actor_id = $1"), params![user_id])
    })
}

#[cfg(test)]
mod tests;
