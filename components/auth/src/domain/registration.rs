//! What a person gives to get an account.

use lyceum_kit::problem::Problem;
use lyceum_kit::text::Name;
use lyceum_kit::violation::{Validation, Violation};
use serde::Deserialize;

use super::address::Address;
use super::password::Password;

/// The body of a registration.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// Where mail reaches the person; also what they sign in with.
    #[schema(example = "ada@example.org", max_length = 254)]
    email: String,
    /// 12 to 128 characters, none of the common ones, without the person's name or address.
    #[schema(example = "horse battery staple", min_length = 12, max_length = 128, format = Password)]
    password: String,
    /// What others see.
    #[schema(example = "Ada", min_length = 1, max_length = 100)]
    display_name: String,
    #[schema(max_length = 100)]
    first_name: Option<String>,
    #[schema(max_length = 100)]
    last_name: Option<String>,
}

/// A registration that may become an account.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) email: Address,
    pub(crate) password: Password,
    pub(crate) display_name: Name,
    pub(crate) first_name: Option<Name>,
    pub(crate) last_name: Option<Name>,
}

impl Register {
    /// The registration, or a problem that names every field that is wrong.
    pub(crate) fn validate(self) -> Result<Registration, Problem> {
        let mut fields = Validation::new();
        let given_names = [Some(&self.display_name), self.first_name.as_ref(), self.last_name.as_ref()];
        let full_name = given_names.into_iter().skip(1).flatten().cloned().collect::<Vec<_>>().join(" ");
        let mut personal: Vec<&str> = given_names.into_iter().flatten().map(String::as_str).collect();
        personal.push(&full_name);
        personal.push(&self.email);

        let email = fields.take(
            "/email",
            self.email
                .parse::<Address>()
                .map_err(|error| Violation::new("NOT_AN_ADDRESS", error.to_string())),
        );
        let local_part = email.as_ref().map(Address::local_part).unwrap_or_default();
        personal.push(local_part);
        let password = fields.take("/password", choose_password(&self.password, &personal));
        let display_name = fields.take("/display_name", Name::new(&self.display_name));
        let mut optional = |pointer, given: &Option<String>| match given {
            Some(given) => fields.take(pointer, Name::new(given)).map(Some),
            None => Some(None),
        };
        let first_name = optional("/first_name", &self.first_name);
        let last_name = optional("/last_name", &self.last_name);
        match (email, password, display_name, first_name, last_name) {
            (Some(email), Some(password), Some(display_name), Some(first_name), Some(last_name)) => {
                Ok(Registration { email, password, display_name, first_name, last_name })
            }
            _ => Err(fields.problem()),
        }
    }
}

/// A password for the person with these names and addresses.
pub(crate) fn choose_password(text: &str, personal: &[&str]) -> Result<Password, Violation> {
    Password::choose(text, personal).map_err(|weakness| Violation::new(weakness.code(), weakness.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(changes: &serde_json::Value) -> Result<Registration, Problem> {
        let mut body = serde_json::json!({
            "email": "ada@example.org", "password": "horse battery staple", "display_name": "Ada",
        });
        let changes = changes.as_object().cloned().unwrap();
        body.as_object_mut().unwrap().extend(changes);
        serde_json::from_value::<Register>(body).unwrap().validate()
    }

    fn pointers(changes: &serde_json::Value) -> Vec<(String, &'static str)> {
        let problem = register(changes).unwrap_err();
        assert_eq!(problem.status(), 422);
        problem.violations().iter().map(|found| (found.pointer.clone(), found.code)).collect()
    }

    #[test]
    fn names_are_trimmed_and_composed() {
        let registration =
            register(&serde_json::json!({ "display_name": "  Zoe\u{308} ", "first_name": "Zo\u{eb}" }))
                .unwrap();
        assert_eq!(registration.display_name.as_str(), "Zo\u{eb}");
        assert_eq!(registration.first_name.as_ref().map(Name::as_str), Some("Zo\u{eb}"));
        assert_eq!(registration.last_name, None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = serde_json::json!({
            "email": "ada", "password": "short", "display_name": " ", "first_name": "a\nb",
            "last_name": "\u{202e}xe",
        });
        let expected = [
            ("/email", "NOT_AN_ADDRESS"),
            ("/password", "PASSWORD_TOO_SHORT"),
            ("/display_name", "REQUIRED"),
            ("/first_name", "CONTROL_CHARACTER"),
            ("/last_name", "INVISIBLE_CHARACTER"),
        ];
        assert_eq!(pointers(&wrong), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn a_password_made_of_ones_own_names_is_refused() {
        for (field, value) in
            [("display_name", "Battery Horse"), ("last_name", "Staple"), ("email", "horse@example.org")]
        {
            let found = pointers(&serde_json::json!({ field: value }));
            assert_eq!(found, [("/password".to_owned(), "PASSWORD_PERSONAL")], "{field}");
        }
        let split = serde_json::json!({ "first_name": "Hor", "last_name": "Se" });
        assert_eq!(pointers(&split), [("/password".to_owned(), "PASSWORD_PERSONAL")]);
    }
}
