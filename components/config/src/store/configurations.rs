//! The SQL of configurations and of what they were.

use lyceum_kit::list::{Field, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::{Sequence, Table};

use crate::domain::Environment;
use crate::domain::configuration::{Change, Configuration, scope};

row!(Configuration in "configurations" {
    id, config_key, config_value, environment, service_name, scope, description, is_sensitive, version, is_active,
    created_at, updated_at, created_by, actor_id
});

row!(Change in "config_history" {
    id, config_id, action, old_value, new_value, version, changed_by, change_reason, created_at, actor_id
});

/// The numbers of configurations.
pub(crate) const NUMBERS: Sequence = Sequence::new("configurations");
/// What is said of those that can't be told apart.
pub(crate) const UNIQUE: &str = "configurations.config_key,environment,scope";

/// The one with this number.
pub(crate) fn find(id: i64) -> Result<Option<Configuration>, SqlError> {
    query_optional(Configuration::select("WHERE id = $1", params![id]))
}

/// The active one with this key, for exactly this environment, and for this service or for all of them.
pub(crate) fn active(
    key: &str,
    environment: Environment,
    service: Option<&str>,
) -> Result<Option<Configuration>, SqlError> {
    let which = "WHERE config_key = $1 AND environment = $2 AND scope = $3 AND is_active = TRUE";
    query_optional(Configuration::select(which, params![key, environment, scope(service)]))
}

/// All active ones, for this environment or for all of them, those for all of them first.
pub(crate) fn all_active(
    environment: Option<Environment>,
    service: Option<&str>,
) -> Result<Vec<Configuration>, SqlError> {
    let first = environment.unwrap_or(Environment::All);
    let mut rows: Vec<Configuration> = match service {
        Some(service) => {
            let which = "WHERE service_name = $1 AND is_active = TRUE ORDER BY id";
            query_all(Configuration::select(which, params![service]))?
        }
        None => query_all(Configuration::select("WHERE is_active = TRUE ORDER BY id", params![]))?,
    };
    rows.retain(|row| environment.is_none() || [first, Environment::All].contains(&row.environment));
    rows.sort_by_key(|row| row.environment != Environment::All);
    Ok(rows)
}

/// Its next version; misses it if somebody else changed it.
pub(crate) fn update(next: &Configuration, was_active: bool) -> Statement {
    let text = "UPDATE configurations SET config_value = $2, description = $3, is_sensitive = $4, version = $5, \
                is_active = $6, updated_at = $7 WHERE id = $1 AND version = $5 - 1 AND is_active = $8";
    let Configuration { id, config_value, description, is_sensitive, version, is_active, updated_at, .. } =
        next;
    let params =
        params![id, config_value, description, is_sensitive, version, is_active, updated_at, was_active];
    statement(text, params).expect_rows(1)
}

/// It isn't active any more; misses it if somebody else changed it.
pub(crate) fn deactivate(configuration: &Configuration, at: Timestamp) -> Statement {
    let text = "UPDATE configurations SET is_active = FALSE, updated_at = $3 \
                WHERE id = $1 AND version = $2 AND is_active = TRUE";
    statement(text, params![configuration.id, configuration.version, at]).expect_rows(1)
}

const CHANGES: &str = "config_changes";

/// Notes what was done; its number is the next one.
pub(crate) fn note(change: &Change) -> [Statement; 2] {
    let text = "INSERT INTO config_history (id, config_id, action, old_value, new_value, version, changed_by, \
                change_reason, created_at, actor_id) VALUES ((SELECT value FROM sequences WHERE name = 'config_changes' \
                AND scope = ''), $1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let Change {
        config_id,
        action,
        old_value,
        new_value,
        version,
        changed_by,
        change_reason,
        created_at,
        actor_id,
        ..
    } = change;
    let params = params![
        config_id,
        action,
        old_value,
        new_value,
        version,
        changed_by,
        change_reason,
        created_at,
        actor_id
    ];
    [super::count(CHANGES), statement(text, params).expect_rows(1)]
}

/// What was done with it, the newest first.
pub(crate) fn history(config_id: i64, limit: u32) -> Result<Vec<Change>, SqlError> {
    let which = "WHERE config_id = $1 ORDER BY id DESC LIMIT $2";
    query_all(Change::select(which, params![config_id, limit]))
}

/// How it came to this version.
pub(crate) fn version(config_id: i64, version: i64) -> Result<Option<Change>, SqlError> {
    let which = "WHERE config_id = $1 AND version = $2 AND action <> 'deleted'";
    query_optional(Change::select(which, params![config_id, version]))
}

/// All that is kept of what it was.
pub(crate) fn whole_history(config_id: i64) -> Result<Vec<Change>, SqlError> {
    query_all(Change::select("WHERE config_id = $1 ORDER BY id", params![config_id]))
}

/// The same values, stored in another way.
pub(crate) fn rewrite(change: &Change) -> Statement {
    let text = "UPDATE config_history SET old_value = $2, new_value = $3 WHERE id = $1";
    statement(text, params![change.id, &change.old_value, &change.new_value]).expect_rows(1)
}

const BY_NUMBER: Order = Order::integer("id");
pub(crate) const ENVIRONMENTS: Field<Vec<Environment>> = Field::one_of("environment");
pub(crate) const SERVICE: Field<String> = Field::equal("service_name");
pub(crate) const ACTIVE: Field<bool> = Field::equal("is_active");
pub(crate) const SENSITIVE: Field<bool> = Field::equal("is_sensitive");

/// All of them.
pub(crate) struct Configurations;

impl Listing for Configurations {
    type Row = Configuration;
    const LIST: List = List::of("configurations", Configuration::COLUMN_LIST, "id", BY_NUMBER).filters(&[
        SERVICE.filter(),
        ACTIVE.filter(),
        ENVIRONMENTS.filter(),
        SENSITIVE.filter(),
    ]);
}
