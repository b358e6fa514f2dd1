//! Accounts, roles and sessions.

use lyceum_kit::prelude::{Roles, Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// Somebody has an account from now on.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct UserCreated {
    /// The user.
    pub user_id: UserId,
    /// Where mail reaches the user.
    pub email: String,
    /// What others see; at most 100 characters.
    pub display_name: String,
    /// Absent when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Absent when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// All roles of the user.
    pub roles: Roles,
    /// When the account was made.
    pub created_at: Timestamp,
}
event!(UserCreated, "lyceum.auth.UserCreated.v1", about "user" in user_id);

/// Somebody has these roles from now on.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct RolesChanged {
    /// The user.
    pub user_id: UserId,
    /// All roles of the user.
    pub roles: Roles,
    /// When they were changed.
    pub changed_at: Timestamp,
}
event!(RolesChanged, "lyceum.auth.RolesChanged.v1", about "user" in user_id);

/// Access tokens of these sessions are no longer good.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SessionsEnded {
    /// The user.
    pub user_id: UserId,
    /// The sessions; `sid` in their access tokens.
    pub session_ids: Vec<Uuid>,
    /// When they ended.
    pub ended_at: Timestamp,
    /// Why.
    pub reason: EndReason,
}
event!(SessionsEnded, "lyceum.auth.SessionsEnded.v1", about "user" in user_id);

/// Why sessions ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Their owner ended them.
    SignedOut,
    /// A refresh token came a second time.
    TokenReused,
    /// Tokens must not go on saying the former roles.
    RolesChanged,
    /// The account's owner may not sign in any more.
    AccountClosed,
}
