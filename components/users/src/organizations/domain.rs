//! What is said of an organisation, and the rules for it.

use lyceum_event_types::users::organizations::OrganizationRole;
use lyceum_kit::{
    prelude::*,
    text::{self, Name},
    violation::Invalid,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most characters of a description.
pub(crate) const DESCRIPTION_LIMIT: usize = 4_096;
/// The most characters of a slug.
const SLUG_LIMIT: usize = 64;

/// What those who keep an organisation say of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationFields {
    /// One line of 1 to 100 characters; others may have the same.
    pub(crate) name: String,
    /// What addresses call it, which no other organisation has: 1 to 64 of the letters a to z, digits, and single hyphens
    /// between them. If it isn't given, it stays, or is made of the name.
    pub(crate) slug: Option<String>,
    /// At most 4,096 characters.
    pub(crate) description: Option<String>,
    /// An http or https address.
    pub(crate) logo_url: Option<String>,
    /// An http or https address.
    pub(crate) website: Option<String>,
    /// One line of at most 100 characters.
    pub(crate) location: Option<String>,
}

/// An organisation, as it is stored and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) name_folded: String,
    pub(crate) slug: String,
    pub(crate) description: Option<String>,
    pub(crate) logo_url: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) location: Option<String>,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Organization {
    /// A new one.
    pub(crate) fn new(fields: OrganizationFields) -> Result<Self, Invalid> {
        let (id, now) = (ids::new(), clock::now());
        let blank = Self {
            id,
            name: String::new(),
            name_folded: String::new(),
            slug: slug_of(&fields.name),
            description: None,
            logo_url: None,
            website: None,
            location: None,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        blank.with(fields)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: OrganizationFields) -> Result<Self, Invalid> {
        let OrganizationFields { name, slug, description, logo_url, website, location } = fields;
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (description, logo_url) = (given(description), given(logo_url));
        let (website, mut location) = (given(website), given(location));
        let mut valid = Validation::new();
        let name = valid.take("/name", Name::within(&name, Name::LIMIT)).map_or(name, String::from);
        let slug = slug.unwrap_or_else(|| self.slug.clone());
        valid.take("/slug", check_slug(&slug));
        let paragraphs = |text: &str| text::paragraphs(text, DESCRIPTION_LIMIT);
        valid.take("/description", text::optional(description.as_ref(), paragraphs));
        valid.take("/logo_url", text::optional(logo_url.as_ref(), text::web_address));
        valid.take("/website", text::optional(website.as_ref(), text::web_address));
        if let Some(place) = &mut location
            && let Some(name) = valid.take("/location", Name::within(place, Name::LIMIT))
        {
            *place = name.into();
        }
        valid.into_result()?;
        let (name_folded, version, updated_at) = (text::fold(&name), self.version + 1, clock::now());
        let (id, created_at) = (self.id, self.created_at);
        Ok(Self {
            id,
            name,
            name_folded,
            slug,
            description,
            logo_url,
            website,
            location,
            version,
            created_at,
            updated_at,
        })
    }

    /// The same with a slug that no other one can have.
    pub(crate) fn with_own_slug(self) -> Self {
        let id = self.id.simple().to_string();
        let unlike = id.get(20..).unwrap_or(&id);
        let room = SLUG_LIMIT - unlike.len() - 1;
        let begins: String = self.slug.chars().take(room).collect();
        let slug = format!("{}-{unlike}", begins.trim_end_matches('-'));
        Self { slug, ..self }
    }

    pub(crate) fn fields(&self) -> OrganizationFields {
        let Self { name, slug, description, logo_url, website, location, .. } = self.clone();
        OrganizationFields { name, slug: Some(slug), description, logo_url, website, location }
    }
}

/// A slug made of a name; of one without any letter from a to z or digit, a word that says what it is.
fn slug_of(name: &str) -> String {
    let folded = text::fold(name);
    let words = folded.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").chars().take(SLUG_LIMIT).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "organization".to_owned() } else { slug.to_owned() }
}

fn check_slug(slug: &str) -> Result<(), Violation> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit())
    };
    if slug.len() <= SLUG_LIMIT && slug.split('-').all(is_word) {
        return Ok(());
    }
    let message = "Must be 1 to 64 of the letters a to z, digits, and single hyphens between them.";
    Err(Violation::new("MALFORMED", message))
}

/// An organization that a person is in, and as what.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Membership {
    pub(crate) organization_id: Uuid,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) role: OrganizationRole,
    pub(crate) joined_at: Timestamp,
}
from_row!(Membership { organization_id, name, slug, role, joined_at });

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, slug: Option<&str>) -> Result<Organization, Invalid> {
        let slug = slug.map(ToOwned::to_owned);
        Organization::new(OrganizationFields {
            name: name.into(),
            slug,
            description: None,
            logo_url: None,
            website: None,
            location: None,
        })
    }

    #[test]
    fn a_slug_is_made_of_the_name() {
        for (name, slug) in [
            ("Open University", "open-university"),
            ("  École  42 (Lyon) ", "ecole-42-lyon"),
            ("大学", "organization"),
            ("--A--b--", "a-b"),
        ] {
            assert_eq!(named(name, None).unwrap().slug, slug, "{name}");
        }
        let long = named(&"abc ".repeat(25), None).unwrap();
        assert!(long.slug.len() <= SLUG_LIMIT && !long.slug.ends_with('-'), "{}", long.slug);
        for of in [long, named("School", None).unwrap()] {
            let slug = of.with_own_slug().slug;
            assert!(slug.len() <= SLUG_LIMIT && check_slug(&slug).is_ok(), "{slug}");
        }
    }

    #[test]
    fn a_slug_is_words_of_plain_letters_and_digits_with_single_hyphens() {
        for good in ["a", "open-university", "42", "a-1-b"] {
            assert_eq!(named("School", Some(good)).unwrap().slug, good);
        }
        for bad in ["", "-", "a-", "-a", "a--b", "A", "é", "a b", "a/b", &"a".repeat(65)] {
            let Err(Invalid(wrong)) = named("School", Some(bad)) else { panic!("{bad}") };
            assert_eq!((wrong[0].pointer.as_str(), wrong[0].code), ("/slug", "MALFORMED"), "{bad}");
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let fields = OrganizationFields {
            name: " ".into(),
            slug: Some("A".into()),
            description: Some("x".repeat(DESCRIPTION_LIMIT + 1)),
            logo_url: Some("javascript:alert(1)".into()),
            website: Some("ftp://example.org".into()),
            location: Some("a\nb".into()),
        };
        let Err(Invalid(wrong)) = Organization::new(fields) else { panic!("it is all wrong") };
        let pointers: Vec<&str> = wrong.iter().map(|wrong| wrong.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/slug", "/description", "/logo_url", "/website", "/location"]);
    }
}
