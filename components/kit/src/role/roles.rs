//! The roles of a person.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Role;
use crate::{
    permission::Permission,
    sql::{AsJson, FromValue, Value},
};

/// A set of roles: in one order, each once. A role that this service doesn't know, since it came with a later release or
/// is an operator's own, is kept with its name and gives no rights.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Roles {
    known: Vec<Role>,
    unknown: Vec<String>,
}

impl Roles {
    /// The set of these roles.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        let mut known: Vec<Role> = roles.into_iter().collect();
        known.sort_unstable();
        known.dedup();
        Self { known, unknown: Vec::new() }
    }

    /// The set of the roles with these names.
    pub fn from_names<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for name in names {
            match Role::from_name(name.as_ref()) {
                Some(role) => known.push(role),
                None => unknown.push(name.as_ref().to_owned()),
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        Self { unknown, ..Self::new(known) }
    }

    /// The roles that are known here.
    pub fn as_slice(&self) -> &[Role] {
        &self.known
    }

    /// Whether this role is among them.
    pub fn contains(&self, role: Role) -> bool {
        self.known.contains(&role)
    }

    /// Whether one of them has this permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.known.iter().any(|role| role.may(permission))
    }

    /// All names, also of the roles that are not known here.
    pub fn names(&self) -> Vec<&str> {
        self.known.iter().map(|role| role.name()).chain(self.unknown.iter().map(String::as_str)).collect()
    }
}

/// The names.
impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer).map(Self::from_names)
    }
}

/// A JSON array of the names.
impl FromValue for Roles {
    fn from_value(value: Value) -> Option<Self> {
        AsJson::from_value(value).map(|AsJson(roles)| roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_roles_has_one_form() {
        let roles = Roles::new([Role::Admin, Role::Student, Role::Admin]);
        assert_eq!(roles, Roles::from_names(["student", "admin", "student"]));
        assert_eq!(roles.names(), ["student", "admin"]);
    }

    #[test]
    fn a_role_that_is_not_known_is_kept_without_rights() {
        let names = serde_json::json!(["dean", "librarian", "Admin", "dean"]);
        let roles: Roles = serde_json::from_value(names).unwrap();
        assert_eq!(roles.as_slice(), [Role::Librarian]);
        assert_eq!(serde_json::to_value(&roles).unwrap(), serde_json::json!(["librarian", "Admin", "dean"]));
        assert_eq!(Roles::from_value(Value::Text(r#"["dean"]"#.into())).unwrap().names(), ["dean"]);
        assert!(roles.may(Permission::new("book:create")) && !roles.may(Permission::new("user:list")));
        assert!(!Roles::from_names(["dean"]).may(Permission::new("book:create")));
    }
}
