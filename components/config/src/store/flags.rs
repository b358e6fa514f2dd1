//! The SQL of flags and of their changes.

use std::collections::BTreeMap;

use lyceum_kit::list::{Between, Field, List, Listing, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::sql::{Sequence, Table};

use crate::domain::Environment;
use crate::domain::flag::Flag;

row!(versioned Flag in "feature_flags" {
    id, flag_name, flag_key, description, is_enabled, environment, service_name, rollout_percentage, conditions, rules,
    expires_at, ends_at, created_at, updated_at, created_by, version
});

/// The numbers of flags.
pub(crate) const NUMBERS: Sequence = Sequence::new("flags");
/// What is there once.
pub(crate) const UNIQUE: &str = "feature_flags.flag_key";
/// So many flags are asked for those that one depends on.
const MOST: usize = 100;

/// The one with this number.
pub(crate) fn find(id: i64) -> Result<Option<Flag>, SqlError> {
    query_optional(Flag::select("WHERE id = $1", params![id]))
}

/// The one with this key.
pub(crate) fn keyed(key: &str) -> Result<Option<Flag>, SqlError> {
    query_optional(Flag::select("WHERE flag_key = $1", params![key]))
}

/// All of them by their keys.
pub(crate) fn all() -> Result<BTreeMap<String, Flag>, SqlError> {
    let flags: Vec<Flag> = query_all(Flag::select("WHERE flag_key > $1 ORDER BY flag_key", params![""]))?;
    Ok(flags.into_iter().map(|flag| (flag.flag_key.clone(), flag)).collect())
}

/// The one with this key and those that it depends on.
pub(crate) fn with_prerequisites(key: &str) -> Result<BTreeMap<String, Flag>, SqlError> {
    let (mut found, mut wanted) = (BTreeMap::new(), vec![key.to_owned()]);
    while let Some(key) = wanted.pop().filter(|_| found.len() < MOST) {
        if found.contains_key(&key) {
            continue;
        }
        if let Some(flag) = keyed(&key)? {
            wanted.extend(flag.rules.0.prerequisites().map(ToOwned::to_owned));
            found.insert(key, flag);
        }
    }
    Ok(found)
}

/// It is gone; misses it if somebody else changed it.
pub(crate) fn delete(flag: &Flag) -> Statement {
    statement("DELETE FROM feature_flags WHERE id = $1 AND version = $2", params![flag.id, flag.version])
        .expect_rows(1)
}

/// Something that was done with a flag.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FlagNote {
    pub(crate) id: i64,
    pub(crate) flag_id: i64,
    pub(crate) action: String,
    pub(crate) old_flag: Option<String>,
    pub(crate) new_flag: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) actor_id: Option<UserId>,
}

row!(FlagNote in "flag_changes" { id, flag_id, action, old_flag, new_flag, created_at, actor_id });

/// Notes what was done; its number is the next one.
pub(crate) fn note(note: &FlagNote) -> [Statement; 2] {
    let text = "INSERT INTO flag_changes (id, flag_id, action, old_flag, new_flag, created_at, actor_id) VALUES \
                ((SELECT value FROM sequences WHERE name = 'flag_changes' AND scope = ''), $1, $2, $3, $4, $5, $6)";
    let FlagNote { flag_id, action, old_flag, new_flag, created_at, actor_id, .. } = note;
    let params = params![flag_id, action, old_flag, new_flag, created_at, actor_id];
    [super::count("flag_changes"), statement(text, params).expect_rows(1)]
}

/// What was done with it, the newest first.
pub(crate) fn history(flag_id: i64, limit: u32) -> Result<Vec<FlagNote>, SqlError> {
    query_all(FlagNote::select("WHERE flag_id = $1 ORDER BY id DESC LIMIT $2", params![flag_id, limit]))
}

const BY_NUMBER: Order = Order::integer("id");
pub(crate) const ENVIRONMENTS: Field<Vec<Environment>> = Field::one_of("environment");
pub(crate) const SERVICE: Field<String> = Field::equal("service_name");
pub(crate) const ENABLED: Field<bool> = Field::equal("is_enabled");
pub(crate) const ENDS: Field<Between<Timestamp>> = Field::range("ends_at");

/// All of them.
pub(crate) struct Flags;

impl Listing for Flags {
    type Row = Flag;
    const LIST: List = List::of("feature_flags", Flag::COLUMN_LIST, "id", BY_NUMBER).filters(&[
        SERVICE.filter(),
        ENABLED.filter(),
        ENVIRONMENTS.filter(),
        ENDS.filter(),
    ]);
}
