//! Accounts, roles and sessions.

use lyceum_kit::prelude::{Roles, Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::{event, users::Status};

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
    /// Whether it was taken over from an older system, whose people know that they have it: nobody greets them. Absent when not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// Whether they may sign in. Absent when they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
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

/// Somebody has another mail address from now on, by which they sign in and where mail reaches them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AddressChanged {
    /// The user.
    pub user_id: UserId,
    /// The address, as the user writes it.
    pub email: String,
    /// Counts the changes of the account, from 1: of two addresses, that with the higher version is the present one.
    pub version: i64,
    /// When it was changed.
    pub changed_at: Timestamp,
}
event!(AddressChanged, "lyceum.auth.AddressChanged.v1", about "user" in user_id);

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
