//! People: what a profile may hold.

mod fields;

use lyceum_event_types::users;
use lyceum_kit::{prelude::*, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use fields::ProfileFields;

/// Whether a person takes part.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// May sign in.
    Active,
    /// Has left, and may come back.
    Inactive,
    /// Was shut out.
    Suspended,
}

impl Status {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Suspended => "suspended",
        }
    }
}

impl From<Status> for users::Status {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Inactive => Self::Inactive,
            Status::Suspended => Self::Suspended,
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

impl IntoValue for Status {
    fn into_value(self) -> Value {
        self.name().into_value()
    }
}

impl FromValue for Status {
    fn from_value(value: Value) -> Option<Self> {
        let name = String::from_value(value)?;
        [Self::Active, Self::Inactive, Self::Suspended].into_iter().find(|status| status.name() == name)
    }
}

/// A person whom a list is filtered by.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[schema(value_type = String, format = Uuid)]
pub(crate) struct MemberId(UserId);

impl IntoValue for MemberId {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

/// A person with their profile.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    pub(crate) email: String,
    pub(crate) status: Status,
    pub(crate) roles: Roles,
    pub(crate) fields: AsJson<ProfileFields>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Person {
    pub(crate) fn tag(&self) -> EntityTag {
        EntityTag::of_version(self.version)
    }

    /// The same person, changed now.
    pub(crate) fn touched(self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self }
    }
}

/// Folds a name or address for finding it by its beginning.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Folds an address, or its beginning, for finding it by how people read its domain.
pub(crate) fn fold_address(text: &str) -> String {
    let folded = fold(text);
    match folded.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", text::domain::readable(domain)),
        None => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "01890000-0000-7000-8000-000000000001";
    #[test]
    fn a_change_makes_a_new_version() {
        let _clock = lyceum_kit::testing::freeze(Timestamp::from_micros(9));
        let person = Person {
            user_id: OWN.parse().unwrap(),
            email: "ada@example.org".into(),
            status: Status::Active,
            roles: Roles::default(),
            fields: AsJson(ProfileFields::default()),
            version: 1,
            created_at: Timestamp::from_micros(1),
            updated_at: Timestamp::from_micros(1),
        };
        let tag = person.tag();
        let touched = person.touched();
        assert_ne!(touched.tag(), tag);
        assert_eq!(touched.updated_at, Timestamp::from_micros(9));
        assert_eq!(touched.created_at, Timestamp::from_micros(1));
    }

    #[test]
    fn an_address_is_found_by_either_spelling_of_its_domain() {
        for typed in ["Ada@EX\u{c4}MPLE.org", "ada@xn--exmple-cua.org"] {
            assert_eq!(fold_address(typed), "ada@ex\u{e4}mple.org", "{typed}");
        }
        assert!("ada@ex\u{e4}mple.org".starts_with(&fold_address("Ada@ex\u{c4}m")));
        assert_eq!(fold_address("  Ada L "), "ada l");
    }

    #[test]
    fn statuses_are_stored_by_name() {
        for status in [Status::Active, Status::Inactive, Status::Suspended] {
            assert_eq!(Status::from_value(status.name().into_value()), Some(status));
        }
        assert_eq!(Status::from_value("gone".into_value()), None);
    }
}
