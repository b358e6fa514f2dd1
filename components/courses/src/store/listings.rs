//! The SQL of the catalogue: courses that everybody finds.

use lyceum_kit::list::{Filter, List, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search, Terms};
use lyceum_kit::sql::Table;
use lyceum_kit::text;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::domain::course::{Course, Status};
use crate::domain::fields::{Level, Visibility};
use crate::domain::version::Version;

/// So many characters of all that is said of a course are searched: what is within the terms that the kit keeps of a
/// thing, also where the words are short.
const SEARCHED: usize = 1_600;

/// A course in the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Listing {
    #[serde(rename = "id")]
    course_id: Uuid,
    slug: String,
    title: String,
    #[serde(skip)]
    title_folded: String,
    short_description: Option<String>,
    image_url: Option<String>,
    /// In the smallest unit of the currency; 0 if it costs nothing.
    price: i64,
    currency: Option<String>,
    language: Option<String>,
    level: Option<Level>,
    /// Seconds.
    duration: Option<i64>,
    #[schema(value_type = Vec<String>)]
    tags: AsJson<Vec<String>>,
    #[schema(value_type = Vec<Uuid>)]
    instructor_ids: AsJson<Vec<UserId>>,
    category_id: Option<Uuid>,
    /// Its latest published version.
    version: i64,
    published_at: Timestamp,
}
row!(Listing in "listings" {
    course_id, slug, title, title_folded, short_description, image_url, price, currency, language, level, duration, tags,
    instructor_ids, category_id, version, published_at
});

/// A tag as it is looked for: without case and accents.
#[derive(Clone, Debug, ToSchema)]
#[schema(value_type = String, examples("baking"))]
pub(crate) struct Tag(String);

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|tag| Self(text::fold(&tag)))
    }
}

impl IntoValue for Tag {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

/// The id of an instructor, as the catalogue is filtered by it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub(crate) struct InstructorId(Uuid);

impl IntoValue for InstructorId {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

const NEWEST: Order = Order::integer("published_at");
const BY_TITLE: Order = Order::text("title_folded").named("title");
const CARRIED: &[Order] =
    &[Order::text("level"), Order::text("language"), Order::text("category_id"), Order::integer("price")];
pub(super) const WORDS: Index =
    Index::words("listing_words", "course_id", &[NEWEST, BY_TITLE]).carrying(CARRIED);
pub(super) const TAGS: Terms =
    Terms::of("listing_tags", "course_id", "tag", &[NEWEST, BY_TITLE]).carrying(CARRIED);
pub(super) const INSTRUCTORS: Terms =
    Terms::of("listing_instructors", "course_id", "instructor_id", &[NEWEST, BY_TITLE]).carrying(CARRIED);

/// All that everybody finds.
pub(crate) struct Catalogue;

impl lyceum_kit::list::Listing for Catalogue {
    type Row = Listing;
    const LIST: List = List::of(Listing::TABLE, Listing::COLUMN_LIST, "course_id", NEWEST.descending())
        .orders(&[NEWEST, BY_TITLE])
        .searches(&[Search::by("q", WORDS).describe(
            "Words of title, short description, tags, objectives and the beginning of the description, or how they begin.",
        )])
        .filters(&[
            Filter::equal::<String>("slug").describe("The course with this slug."),
            Filter::among::<Tag>("tag", TAGS).describe("Only those with this tag, in whatever case."),
            Filter::among::<InstructorId>("instructor_id", INSTRUCTORS).describe("Only those that this person gives."),
            Filter::id("category_id").describe("Only those of this category."),
            Filter::equal::<Level>("level").describe("Only those of this level."),
            Filter::equal::<String>("language").describe("Only those in this language, such as `pt`."),
            Filter::flag("free", "price = 0").describe("Only those that cost nothing."),
            Filter::range::<i64>("price")
                .describe("Only those of these prices, in the smallest unit of whatever currency."),
        ]);
}

/// The catalogue shows the course as this version says, if everybody may find it; and not at all otherwise.
pub(crate) fn shown(course: &Course, version: Option<&Version>) -> Vec<Statement> {
    let found = course.status == Status::Published && course.visibility == Visibility::Public;
    match version.filter(|_| found) {
        Some(version) => set(course, version),
        None => gone(course.id),
    }
}

/// The catalogue has it no more.
pub(crate) fn gone(course_id: Uuid) -> Vec<Statement> {
    let own = statement("DELETE FROM listings WHERE course_id = $1", params![course_id]);
    vec![WORDS.remove(course_id), TAGS.remove(course_id), INSTRUCTORS.remove(course_id), own]
}

fn set(course: &Course, version: &Version) -> Vec<Statement> {
    let listing = Listing {
        course_id: course.id,
        slug: course.slug.clone(),
        title: version.title.clone(),
        title_folded: text::fold(&version.title),
        short_description: version.short_description.clone(),
        image_url: version.image_url.clone(),
        price: course.price,
        currency: course.currency.clone(),
        language: version.language.clone(),
        level: version.level,
        duration: version.duration,
        tags: version.tags.clone(),
        instructor_ids: course.instructor_ids.clone(),
        category_id: course.category_id,
        version: version.number,
        published_at: version.published_at,
    };
    let orders = params![
        listing.published_at,
        &listing.title_folded,
        listing.level,
        &listing.language,
        listing.category_id,
        listing.price
    ];
    let own = statement("DELETE FROM listings WHERE course_id = $1", params![course.id]);
    let mut statements = vec![own, listing.insert()];
    statements.extend(WORDS.set(course.id, &orders, &[&searched(version)]));
    statements.extend(TAGS.set(course.id, &orders, version.tags.0.iter().map(|tag| text::fold(tag))));
    let instructors = course.instructor_ids.0.iter().map(ToString::to_string);
    statements.extend(INSTRUCTORS.set(course.id, &orders, instructors));
    statements
}

/// What it is found by. Of a long description the end isn't searched.
fn searched(version: &Version) -> String {
    let (short, long) = (version.short_description.iter(), version.description.iter());
    let texts = std::iter::once(&version.title).chain(short).chain(&version.tags.0);
    let texts = texts.chain(&version.learning_objectives.0).chain(long);
    let text = texts.map(String::as_str).collect::<Vec<_>>().join("\n");
    text.chars().take(SEARCHED).collect()
}
