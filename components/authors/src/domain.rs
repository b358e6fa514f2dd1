//! Authors, and the rules for what is said of them.

pub(crate) mod identifiers;
pub(crate) mod sort_name;

use std::collections::BTreeSet;

use lyceum_kit::pictures::Picture;
use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::identifiers::{Identifiers, Isni, Orcid, Viaf};
use self::sort_name::inverted;

/// The most characters that a name has.
pub(crate) const NAME_LIMIT: usize = 150;
/// The most characters that a biography has.
pub(crate) const BIOGRAPHY_LIMIT: usize = 4_096;
/// The most variants that an author has, and the most characters that they have together: all of them are looked up.
const VARIANTS: usize = 30;
const VARIANTS_LENGTH: usize = 1_500;
/// Before this year nobody's name was written.
const FIRST_YEAR: i16 = -5_000;

/// What a librarian says of an author.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorFields {
    /// As it is read, such as `Virginia Woolf`: one line of 1 to 150 characters. Several authors may have it.
    pub(crate) name: String,
    /// As it is sorted, such as `Woolf, Virginia`. If it isn't given it follows from the name: its last word comes
    /// first.
    pub(crate) sort_name: Option<String>,
    /// Other forms of the name and other names, such as `Virginia Stephen`: at most 30, of 1,500 characters together.
    #[serde(default)]
    pub(crate) variants: Vec<String>,
    /// At most 4,096 characters. It may hold simple HTML, which clients of the older library write: whoever shows it
    /// as such has to sanitise it.
    pub(crate) biography: Option<String>,
    /// In the proleptic Gregorian calendar, from -5000; the year 0 is 1 BC.
    pub(crate) birth_year: Option<i16>,
    /// Not before the year of birth.
    pub(crate) death_year: Option<i16>,
    /// By which other catalogues know the same person. No two authors have the same.
    #[serde(default)]
    pub(crate) identifiers: Identifiers,
}

/// An author, as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Author {
    pub(crate) id: Uuid,
    /// Counts from 1.
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) sort_name: String,
    pub(crate) sort_name_folded: String,
    pub(crate) variants: AsJson<Vec<String>>,
    pub(crate) biography: Option<String>,
    pub(crate) birth_year: Option<i16>,
    pub(crate) death_year: Option<i16>,
    pub(crate) viaf: Option<Viaf>,
    pub(crate) isni: Option<Isni>,
    pub(crate) orcid: Option<Orcid>,
    pub(crate) photo: Option<AsJson<Picture>>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Author {
    /// A new author, who has no number yet.
    pub(crate) fn new(fields: AuthorFields) -> Result<Self, Invalid> {
        let now = clock::now();
        let nobody = Self {
            id: ids::new(),
            number: 0,
            name: String::new(),
            name_folded: String::new(),
            sort_name: String::new(),
            sort_name_folded: String::new(),
            variants: AsJson(Vec::new()),
            biography: None,
            birth_year: None,
            death_year: None,
            viaf: None,
            isni: None,
            orcid: None,
            photo: None,
            version: 0,
            created_at: now,
            updated_at: now,
        };
        nobody.with(fields)
    }

    /// The next version, with these fields.
    pub(crate) fn with(&self, fields: AuthorFields) -> Result<Self, Invalid> {
        let AuthorFields { name, sort_name, variants, biography, birth_year, death_year, identifiers } =
            fields;
        let mut valid = Validation::new();
        let name = valid.take("/name", named(&name)).unwrap_or(name);
        let sort_name = match &sort_name {
            Some(given) => valid.take("/sort_name", named(given)).unwrap_or_default(),
            None => inverted(&name),
        };
        let variants = variants_of(&mut valid, variants);
        let biography = biography.filter(|text| !text.trim().is_empty());
        let rule = |text: &str| text::paragraphs(text, BIOGRAPHY_LIMIT);
        valid.take("/biography", text::optional(biography.as_ref(), rule));
        check_years(&mut valid, birth_year, death_year);
        let Identifiers { viaf, isni, orcid } = identifiers;
        let viaf = valid.take("/identifiers/viaf", viaf.as_deref().map(Viaf::new).transpose()).flatten();
        let isni = valid.take("/identifiers/isni", isni.as_deref().map(Isni::new).transpose()).flatten();
        let orcid = valid.take("/identifiers/orcid", orcid.as_deref().map(Orcid::new).transpose()).flatten();
        valid.into_result()?;
        let (name_folded, sort_name_folded) = (text::fold(&name), text::fold(&sort_name));
        let (variants, photo) = (AsJson(variants), self.photo.clone());
        Ok(Self {
            name,
            name_folded,
            sort_name,
            sort_name_folded,
            variants,
            biography,
            birth_year,
            death_year,
            viaf,
            isni,
            orcid,
            photo,
            version: self.version + 1,
            updated_at: clock::now(),
            ..*self
        })
    }

    /// The next version, with this photo or none.
    pub(crate) fn with_photo(&self, photo: Option<AsJson<Picture>>) -> Self {
        let (version, updated_at) = (self.version + 1, clock::now());
        Self { photo, version, updated_at, ..self.clone() }
    }

    /// What a change begins with. A name that is sorted by as it follows from the name goes on following it.
    pub(crate) fn fields(&self) -> AuthorFields {
        let Self { name, sort_name, variants: AsJson(variants), biography, birth_year, death_year, .. } =
            self.clone();
        let sort_name = (sort_name != inverted(&name)).then_some(sort_name);
        let identifiers = self.identifiers();
        AuthorFields { name, sort_name, variants, biography, birth_year, death_year, identifiers }
    }

    /// By which other catalogues know them.
    pub(crate) fn identifiers(&self) -> Identifiers {
        let Self { viaf, isni, orcid, .. } = self.clone();
        Identifiers { viaf: viaf.map(Into::into), isni: isni.map(Into::into), orcid: orcid.map(Into::into) }
    }

    /// Every text that the author is found by.
    pub(crate) fn names(&self) -> Vec<&str> {
        let AsJson(variants) = &self.variants;
        [&self.name, &self.sort_name].into_iter().chain(variants).map(String::as_str).collect()
    }
}

fn named(text: &str) -> Result<String, Violation> {
    Name::within(text, NAME_LIMIT).map(String::from)
}

fn variants_of(valid: &mut Validation, given: Vec<String>) -> Vec<String> {
    valid.check("/variants", given.len() <= VARIANTS, "TOO_MANY", "At most 30 of them.");
    let (mut seen, mut variants) = (BTreeSet::new(), Vec::new());
    // Of too many the first ones are told, and what is wrong with them.
    for (at, text) in given.into_iter().take(VARIANTS).enumerate() {
        let pointer = format!("/variants/{at}");
        if let Some(variant) = valid.take(&pointer, named(&text)) {
            valid.check(&pointer, seen.insert(variant.clone()), "REPEATED", "It is there already.");
            variants.push(variant);
        }
    }
    let length: usize = variants.iter().map(|variant| variant.chars().count()).sum();
    valid.check("/variants", length <= VARIANTS_LENGTH, "TOO_LONG", "At most 1,500 characters together.");
    variants
}

fn check_years(valid: &mut Validation, birth: Option<i16>, death: Option<i16>) {
    let this = this_year();
    for (pointer, year) in [("/birth_year", birth), ("/death_year", death)] {
        let fits = year.is_none_or(|year| (FIRST_YEAR..=this).contains(&year));
        valid.check(pointer, fits, "OUT_OF_RANGE", "Must be a year from -5000 to the present one.");
    }
    let ordered = birth.zip(death).is_none_or(|(birth, death)| birth <= death);
    valid.check("/death_year", ordered, "BEFORE_BIRTH", "Must not be before the year of birth.");
}

/// The present year in UTC.
fn this_year() -> i16 {
    let now = jiff::Timestamp::from_microsecond(clock::now().as_micros()).unwrap_or(jiff::Timestamp::MAX);
    now.to_zoned(jiff::tz::TimeZone::UTC).year()
}

#[cfg(test)]
mod tests;
