//! What auth publishes, and what it does on others' events.

use lyceum_kit::periodic::{self, Job, every, hours, minutes};
use lyceum_kit::{prelude::*, text::Name};
use serde::{Deserialize, Serialize};

use crate::domain::account::Status;
use crate::{first_admin, store};

/// Somebody has an account from now on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct UserCreated {
    pub(crate) user_id: Uuid,
    pub(crate) email: String,
    pub(crate) display_name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_name: Option<Name>,
    pub(crate) roles: Roles,
    pub(crate) created_at: Timestamp,
}

/// Somebody has these roles from now on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RolesChanged {
    pub(crate) user_id: Uuid,
    pub(crate) roles: Roles,
    pub(crate) changed_at: Timestamp,
}

/// Access tokens of these sessions are no longer good.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SessionsEnded {
    pub(crate) user_id: Uuid,
    pub(crate) session_ids: Vec<Uuid>,
    pub(crate) ended_at: Timestamp,
    pub(crate) reason: EndReason,
}

/// Why sessions ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EndReason {
    /// Their owner ended them.
    SignedOut,
    /// A refresh token came a second time.
    TokenReused,
    /// Tokens must not go on saying the former roles.
    RolesChanged,
    /// The account's owner may not sign in any more.
    AccountClosed,
}

impl Event for UserCreated {
    const KIND: &'static str = "lyceum.auth.UserCreated.v1";
    const AGGREGATE_TYPE: &'static str = "user";
    fn aggregate_id(&self) -> String {
        self.user_id.to_string()
    }
}

impl Event for RolesChanged {
    const KIND: &'static str = "lyceum.auth.RolesChanged.v1";
    const AGGREGATE_TYPE: &'static str = "user";
    fn aggregate_id(&self) -> String {
        self.user_id.to_string()
    }
}

impl Event for SessionsEnded {
    const KIND: &'static str = "lyceum.auth.SessionsEnded.v1";
    const AGGREGATE_TYPE: &'static str = "user";
    fn aggregate_id(&self) -> String {
        self.user_id.to_string()
    }
}

#[derive(Debug, Deserialize)]
struct StatusChanged {
    user_id: Uuid,
    status: Status,
}

const JOBS: &[Job] = &[every(minutes(1), "first-admin", make_first_admin), every(hours(1), "purge", purge)];

fn make_first_admin(by: &WithoutOnce) -> Result<(), EventError> {
    Ok(first_admin::ensure(by)?)
}

fn purge(by: &WithoutOnce) -> Result<(), EventError> {
    Ok(store::purge(by, clock::now())?)
}

/// Handles an event that auth subscribes to.
pub(crate) fn on_event(received: &Received) -> Result<(), EventError> {
    match received.kind.as_str() {
        "lyceum.users.StatusChanged.v1" => status_changed(received, &received.decode()?),
        "lyceum.tick.minute" | "lyceum.tick.hour" => periodic::run(received, JOBS),
        _ => Err(received.unknown()),
    }
}

/// Whoever is not active can't sign in, and is signed out.
fn status_changed(received: &Received, changed: &StatusChanged) -> Result<(), EventError> {
    let now = clock::now();
    let mut transaction =
        received.begin().execute(store::set_status(changed.user_id, changed.status, now)).expect_rows(1);
    if changed.status != Status::Active {
        let reason = EndReason::AccountClosed;
        transaction = store::end_all_sessions(transaction, changed.user_id, now, reason)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn check<E: Event>(event: &E, schema: &str) {
        let schema: Value = serde_json::from_str(schema).unwrap();
        assert_eq!(schema["title"], E::KIND);
        assert_eq!(schema["additionalProperties"], Value::Null, "fields may be added within a version");
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let data = serde_json::to_value(event).unwrap();
        let errors: Vec<String> = validator.iter_errors(&data).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let known = schema["properties"].as_object().unwrap();
        assert!(data.as_object().unwrap().keys().all(|field| known.contains_key(field)), "{data}");
    }

    #[test]
    fn published_events_are_as_their_schemas_say() {
        let (user_id, now) = (ids::new(), clock::now());
        let created = |first_name: Option<&str>| UserCreated {
            user_id,
            email: "ada@example.org".into(),
            display_name: Name::nearest("Ada"),
            first_name: first_name.map(Name::nearest),
            last_name: first_name.map(Name::nearest),
            roles: Roles::new([Role::Student]),
            created_at: now,
        };
        for event in [created(None), created(Some("Ada"))] {
            check(&event, include_str!("../events/UserCreated.v1.schema.json"));
        }
        let changed = RolesChanged { user_id, roles: Roles::new(Role::ALL), changed_at: now };
        check(&changed, include_str!("../events/RolesChanged.v1.schema.json"));
        for reason in
            [EndReason::SignedOut, EndReason::TokenReused, EndReason::RolesChanged, EndReason::AccountClosed]
        {
            let ended = SessionsEnded { user_id, session_ids: vec![ids::new()], ended_at: now, reason };
            check(&ended, include_str!("../events/SessionsEnded.v1.schema.json"));
        }
    }

    #[test]
    fn an_unknown_event_is_an_error_and_not_forgotten() {
        let body = br#"{"id":"e1","type":"lyceum.other.Thing.v1","source":"/services/other"}"#;
        let received = Received::parse("auth", body).unwrap();
        assert!(on_event(&received).unwrap_err().to_string().contains("lyceum.other.Thing.v1"));
    }
}
