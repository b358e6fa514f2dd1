//! An account: who may sign in, and what they may do then.

use lyceum_event_types::users;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether the account's owner may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// May sign in.
    Active,
    /// May not: left.
    Inactive,
    /// May not: shut out by an administrator.
    Suspended,
}

/// An account as it is stored, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) roles: Roles,
    pub(crate) status: Status,
    /// Grows with every change of roles, status, address, password or name.
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
}

impl Status {
    /// The name in the database and in events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Suspended => "suspended",
        }
    }
}

impl From<users::Status> for Status {
    fn from(status: users::Status) -> Self {
        match status {
            users::Status::Active => Self::Active,
            users::Status::Inactive => Self::Inactive,
            users::Status::Suspended => Self::Suspended,
        }
    }
}

impl FromValue for Status {
    fn from_value(value: Value) -> Option<Self> {
        let name = String::from_value(value)?;
        [Self::Active, Self::Inactive, Self::Suspended].into_iter().find(|status| status.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_has_the_same_name_everywhere() {
        for status in [Status::Active, Status::Inactive, Status::Suspended] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(Status::from_value(Value::Text(status.name().into())), Some(status));
        }
    }
}
