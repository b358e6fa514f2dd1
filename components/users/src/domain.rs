//! People: what a profile may hold, and whose it is.

mod fields;

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

/// A person with their profile.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) user_id: String,
    pub(crate) email: String,
    pub(crate) status: Status,
    pub(crate) roles: AsJson<Vec<Role>>,
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

/// Whose data are asked for: `me` is the caller.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub(crate) enum Whose {
    Mine,
    Of(Uuid),
}

impl TryFrom<String> for Whose {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "me" => Ok(Self::Mine),
            other => other.parse().map(Self::Of).map_err(|_| "must be a user id, or me"),
        }
    }
}

impl Whose {
    /// The user id, if the caller may see this person: it is theirs, or they
    /// are an administrator.
    pub(crate) fn visible_to(&self, caller: &Caller) -> Result<String, Problem> {
        match self {
            Self::Mine => Ok(caller.user_id.clone()),
            Self::Of(id) if caller.has(Role::Admin) || id.to_string() == caller.user_id => Ok(id.to_string()),
            Self::Of(_) => Err(Problem::forbidden("Only administrators may see or change other people.")),
        }
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
    const OTHER: &str = "01890000-0000-7000-8000-000000000002";

    fn caller(roles: &[Role]) -> Caller {
        Caller {
            user_id: OWN.into(),
            roles: roles.to_vec(),
            scopes: vec![],
            session_id: None,
            component: "gateway".into(),
        }
    }

    fn id(whose: &str, caller: &Caller) -> Result<String, u16> {
        let whose = Whose::try_from(whose.to_owned()).unwrap();
        whose.visible_to(caller).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn people_see_themselves_and_administrators_everybody() {
        let student = caller(&[Role::Student]);
        assert_eq!(id("me", &student).as_deref(), Ok(OWN));
        assert_eq!(id(OWN, &student).as_deref(), Ok(OWN));
        assert_eq!(id(&OWN.to_uppercase(), &student).as_deref(), Ok(OWN));
        assert_eq!(id(OTHER, &student), Err(403));
        assert_eq!(id(OTHER, &caller(&[Role::Admin])).as_deref(), Ok(OTHER));
    }

    #[test]
    fn whose_is_me_or_an_id() {
        for bad in ["", "Me", "1", "../me"] {
            assert!(Whose::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_change_makes_a_new_version() {
        let _clock = lyceum_kit::testing::freeze(Timestamp::from_micros(9));
        let person = Person {
            user_id: OWN.into(),
            email: "ada@example.org".into(),
            status: Status::Active,
            roles: AsJson(vec![]),
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
