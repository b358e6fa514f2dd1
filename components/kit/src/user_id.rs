//! Who somebody is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sql::{FromValue, IntoValue, Value};

/// A person's id: no other id can be given in its place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct UserId(Uuid);

impl UserId {
    /// The person with this id.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id as it is stored.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for UserId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl From<Uuid> for UserId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<UserId> for Uuid {
    fn from(id: UserId) -> Self {
        id.0
    }
}

impl IntoValue for UserId {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

impl FromValue for UserId {
    fn from_value(value: Value) -> Option<Self> {
        Uuid::from_value(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_form_in_json_and_in_the_database() {
        let text = "01890000-0000-7000-8000-00000000000a";
        let id: UserId = text.to_uppercase().parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_value(id).unwrap(), text);
        assert_eq!(serde_json::from_value::<UserId>(text.into()).unwrap(), id);
        assert_eq!(UserId::from_value(id.into_value()), Some(id));
        assert!("me".parse::<UserId>().is_err());
    }
}
