//! What users publishes, and what it does when auth says something.

use lyceum_kit::{prelude::*, text::Name};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Person, ProfileFields, Status},
    store,
};

/// A person has a profile now.
#[derive(Debug, Serialize)]
pub(crate) struct ProfileCreated<'a> {
    pub(crate) user_id: UserId,
    pub(crate) display_name: &'a str,
    pub(crate) created_at: Timestamp,
}

/// A person changed their profile.
#[derive(Debug, Serialize)]
pub(crate) struct ProfileUpdated<'a> {
    pub(crate) user_id: UserId,
    pub(crate) display_name: &'a str,
    pub(crate) updated_at: Timestamp,
}

/// An administrator set a person's status.
#[derive(Debug, Serialize)]
pub(crate) struct StatusChanged {
    pub(crate) user_id: UserId,
    pub(crate) status: Status,
    pub(crate) changed_at: Timestamp,
}

macro_rules! published {
    ($($event:ty, $kind:literal);* $(;)?) => {
        $(impl Event for $event {
            const KIND: &'static str = $kind;
            const AGGREGATE_TYPE: &'static str = "user";
            fn aggregate_id(&self) -> String {
                self.user_id.to_string()
            }
        })*
    };
}
published! {
    ProfileCreated<'_>, "lyceum.users.ProfileCreated.v1";
    ProfileUpdated<'_>, "lyceum.users.ProfileUpdated.v1";
    StatusChanged, "lyceum.users.StatusChanged.v1";
}

#[derive(Deserialize)]
struct UserCreated {
    user_id: UserId,
    email: String,
    display_name: String,
    first_name: Option<String>,
    last_name: Option<String>,
    roles: Roles,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct RolesChanged {
    user_id: UserId,
    roles: Roles,
}

pub(crate) fn on_event(received: &Received) -> Result<(), EventError> {
    let statements = match received.kind.as_str() {
        "lyceum.auth.UserCreated.v1" => return create(received, received.decode()?),
        "lyceum.auth.RolesChanged.v1" => {
            let RolesChanged { user_id, roles } = received.decode()?;
            store::replace_roles(user_id, &roles)
        }
        _ => return Err(received.unknown()),
    };
    received.begin().execute_all(statements).commit()?;
    Ok(())
}

fn create(received: &Received, user: UserCreated) -> Result<(), EventError> {
    let UserCreated { user_id, email, display_name, first_name, last_name, roles, created_at } = user;
    // What happened can't be refused, however old the event is.
    let name = |text: String| String::from(Name::nearest(&text));
    let (first_name, last_name) = (first_name.map(name), last_name.map(name));
    let fields =
        ProfileFields { display_name: name(display_name), first_name, last_name, ..ProfileFields::default() };
    let person = Person {
        user_id,
        email,
        status: Status::Active,
        roles,
        fields: AsJson(fields),
        version: 1,
        created_at,
        updated_at: created_at,
    };
    let created = ProfileCreated {
        user_id: person.user_id,
        display_name: &person.fields.0.display_name,
        created_at: person.created_at,
    };
    received.begin().execute_all(store::insert(&person)).publish(&created).commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_valid(name: &str, event: &impl Event) {
        // Tests run in their package's folder.
        let path = format!("events/{name}.v1.schema.json");
        let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let data = serde_json::to_value(event).unwrap();
        let errors: Vec<_> = validator.iter_errors(&data).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert!(!validator.is_valid(&serde_json::json!({})), "the schema refuses nothing");
    }

    #[test]
    fn what_is_published_is_as_its_schema_says() {
        let user_id = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        let at = Timestamp::from_micros(1_767_225_600_000_000);
        assert_valid("ProfileCreated", &ProfileCreated { user_id, display_name: "Ada", created_at: at });
        assert_valid("ProfileUpdated", &ProfileUpdated { user_id, display_name: "Ada", updated_at: at });
        for status in [Status::Active, Status::Inactive, Status::Suspended] {
            assert_valid("StatusChanged", &StatusChanged { user_id, status, changed_at: at });
        }
    }
}
