//! What an instructor says of a course, and the rules for it.

use std::collections::BTreeSet;

pub(crate) use lyceum_event_types::courses::Visibility;
use lyceum_kit::prelude::*;
use lyceum_kit::text::{self, Name};
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use oxilangtag::LanguageTag;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{check_duration, check_metadata, filled, slug};

/// The largest price, in the smallest unit of the currency.
const PRICE: i64 = 100_000_000;
const TAGS: usize = 20;
const PREREQUISITES: usize = 20;
const OBJECTIVES: usize = 20;
const INSTRUCTORS: usize = 50;

text_enum! {
    /// Whom a course is for.
    pub(crate) enum Level {
        /// Those who know nothing of it yet.
        Beginner = "beginner",
        /// Those who know the foundations.
        Intermediate = "intermediate",
        /// Those who know it well.
        Advanced = "advanced",
    }
}

/// A competency that learners have to have before.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequiredCompetency {
    pub(crate) competency_id: Uuid,
    /// How far at least, from 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    pub(crate) level: i64,
}

fn check_competencies(valid: &mut Validation, required: &[RequiredCompetency]) {
    let ids: Vec<Uuid> = required.iter().map(|one| one.competency_id).collect();
    check_ids(valid, "/required_competencies", &ids, PREREQUISITES);
    for (at, one) in required.iter().enumerate() {
        let pointer = format!("/required_competencies/{at}/level");
        valid.check(&pointer, (1..=100).contains(&one.level), "OUT_OF_RANGE", "Must be from 1 to 100.");
    }
}

const fn private() -> Visibility {
    Visibility::Private
}

/// What is said of a course. What isn't given is nothing, or as its description says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CourseFields {
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// Plain text of at most 5,000 characters, in which markup means nothing.
    pub(crate) description: Option<String>,
    /// One line of at most 500 characters.
    pub(crate) short_description: Option<String>,
    /// The course's part of web addresses, which no other course has: 3 to 100 of `a` to `z`, `0` to `9` and `-`, with a letter
    /// or digit at both ends. Made of the title if not given, and then kept.
    pub(crate) slug: Option<String>,
    /// An http or https address.
    pub(crate) image_url: Option<String>,
    /// `private` if not given; `organization` needs one.
    #[serde(default = "private")]
    pub(crate) visibility: Visibility,
    /// The organisation that it belongs to, of which whoever says so is a member.
    pub(crate) organization_id: Option<Uuid>,
    /// In the smallest unit of the currency, from 0 to 100,000,000; 0 if not given.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub(crate) price: i64,
    /// The code of three capital letters (ISO 4217); needed with a price, and left out without one.
    pub(crate) currency: Option<String>,
    /// The language that it is taught in, such as `pt` (BCP 47).
    pub(crate) language: Option<String>,
    /// Whom it is for.
    pub(crate) level: Option<Level>,
    /// How long it takes, in seconds, from 0 to 36,000,000.
    #[schema(minimum = 0, maximum = 36_000_000)]
    pub(crate) duration: Option<i64>,
    /// At most 20, each of at most 50 characters, and none twice in whatever case.
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// The courses that are to be completed before: at most 20, which exist.
    #[serde(default)]
    pub(crate) prerequisites: Vec<Uuid>,
    /// What learners have to be able to do before: at most 20 competencies, which exist, none twice.
    #[serde(default)]
    pub(crate) required_competencies: Vec<RequiredCompetency>,
    /// At most 20 lines of at most 200 characters.
    #[serde(default)]
    pub(crate) learning_objectives: Vec<String>,
    /// Who gives it and may change it: at most 50. Who creates it, if nobody is named.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    pub(crate) instructor_ids: Vec<UserId>,
    /// Its category.
    pub(crate) category_id: Option<Uuid>,
    /// Whether everybody who creates courses may copy it, with the answers of its quizzes.
    #[serde(default)]
    pub(crate) is_template: bool,
    /// Whatever else is to be kept: at most 4 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Value>,
}

impl CourseFields {
    /// The same in the form that is stored, or all that is wrong with it.
    pub(crate) fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let title = valid.take("/title", Name::within(&self.title, 200)).map_or(String::new(), String::from);
        let description = filled(self.description);
        let paragraphs = text::optional(description.as_ref(), |text| text::paragraphs(text, 5_000));
        valid.take("/description", paragraphs);
        let short_description = filled(self.short_description);
        valid.take(
            "/short_description",
            text::optional(short_description.as_ref(), |text| text::line(text, 500)),
        );
        valid.take("/slug", text::optional(self.slug.as_ref(), slug::check));
        valid.take("/image_url", text::optional(self.image_url.as_ref(), text::web_address));
        let named = self.visibility != Visibility::Organization || self.organization_id.is_some();
        valid.check("/organization_id", named, "REQUIRED", "Say which organisation finds it.");
        let in_range = (0..=PRICE).contains(&self.price);
        valid.check("/price", in_range, "OUT_OF_RANGE", "Must be from 0 to 100,000,000.");
        let currency = self.currency.filter(|_| self.price > 0);
        valid.take("/currency", check_currency(self.price, currency.as_deref()));
        let language = self.language.as_deref().map(language);
        let language = language.and_then(|language| valid.take("/language", language));
        valid.take("/duration", check_duration(self.duration));
        let tags = checked_tags(&mut valid, &self.tags);
        check_ids(&mut valid, "/prerequisites", &self.prerequisites, PREREQUISITES);
        check_competencies(&mut valid, &self.required_competencies);
        check_ids(&mut valid, "/instructor_ids", &self.instructor_ids, INSTRUCTORS);
        let few = self.learning_objectives.len() <= OBJECTIVES;
        valid.check("/learning_objectives", few, "TOO_MANY", "At most 20.");
        for (at, objective) in self.learning_objectives.iter().enumerate() {
            valid.take(&format!("/learning_objectives/{at}"), text::required_line(objective, 200));
        }
        valid.take("/metadata", check_metadata(&self.metadata));
        valid.into_result()?;
        Ok(Self { title, description, short_description, currency, language, tags, ..self })
    }
}

fn check_currency(price: i64, currency: Option<&str>) -> Result<(), Violation> {
    match currency {
        None if price > 0 => Err(Violation::new("REQUIRED", "A price has a currency.")),
        Some(code) if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) => Err(
            Violation::new("CURRENCY", "Must be a code of three capital letters, such as EUR (ISO 4217)."),
        ),
        _ => Ok(()),
    }
}

fn language(text: &str) -> Result<String, Violation> {
    let wrong = || Violation::new("LANGUAGE", "Must be a language tag such as pt or zh-Hant (BCP 47).");
    // RFC 5646, 4.4.1.
    if text.len() > 35 {
        return Err(wrong());
    }
    LanguageTag::parse_and_normalize(text).map(LanguageTag::into_inner).map_err(|_| wrong())
}

fn checked_tags(valid: &mut Validation, tags: &[String]) -> Vec<String> {
    valid.check("/tags", tags.len() <= TAGS, "TOO_MANY", "At most 20.");
    let (mut known, mut checked) = (BTreeSet::new(), Vec::new());
    for (at, tag) in tags.iter().enumerate() {
        let pointer = format!("/tags/{at}");
        if let Some(name) = valid.take(&pointer, Name::within(tag, 50)) {
            valid.check(&pointer, known.insert(text::fold(name.as_str())), "REPEATED", "Is there twice.");
            checked.push(name.into());
        }
    }
    checked
}

pub(super) fn check_ids<T: Ord>(valid: &mut Validation, pointer: &str, ids: &[T], most: usize) {
    valid.check(pointer, ids.len() <= most, "TOO_MANY", "Too many.");
    let known: BTreeSet<&T> = ids.iter().collect();
    valid.check(pointer, known.len() == ids.len(), "REPEATED", "One is there twice.");
}
