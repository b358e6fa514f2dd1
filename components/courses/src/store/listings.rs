//! The SQL of the catalogue: courses that everybody finds.

use lyceum_kit::list::{Filter, List, Order};
use lyceum_kit::prelude::*;
use lyceum_kit::row;
use lyceum_kit::search::{Index, Search, Terms};
use lyceum_kit::sql::Table;
use lyceum_kit::text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use super::numbers;
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
    /// What those who took it say of it on average, from 1 to 5, to hundredths; 0 if nobody said anything.
    rating: Average,
    /// How many said so.
    rating_count: i64,
    /// How many have been enrolled, counted every minute.
    learner_count: i64,
    /// Its latest published version.
    version: i64,
    published_at: Timestamp,
}
row!(Listing in "listings" {
    course_id, slug, title, title_folded, short_description, image_url, price, currency, language, level, duration, tags,
    instructor_ids, category_id, rating, rating_count, learner_count, version, published_at
});

/// In hundredths.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(value_type = f64, examples(4.33))]
pub(crate) struct Average(i64);

impl Serialize for Average {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hundredths = i32::try_from(self.0).unwrap_or_default();
        serializer.serialize_f64(f64::from(hundredths) / 100.0)
    }
}

impl IntoValue for Average {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}

impl FromValue for Average {
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}

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
const BY_LEARNERS: Order = Order::integer("learner_count").named("popularity");
const BY_RATING: Order = Order::integer("rating");
const ORDERS: &[Order] = &[NEWEST, BY_TITLE, BY_LEARNERS, BY_RATING];
const CARRIED: &[Order] =
    &[Order::text("level"), Order::text("language"), Order::text("category_id"), Order::integer("price")];
pub(super) const WORDS: Index = Index::words("listing_words", "course_id", ORDERS).carrying(CARRIED);
pub(super) const TAGS: Terms = Terms::of("listing_tags", "course_id", "tag", ORDERS).carrying(CARRIED);
pub(super) const INSTRUCTORS: Terms =
    Terms::of("listing_instructors", "course_id", "instructor_id", ORDERS).carrying(CARRIED);

const FOUND_BY: &str = "Words of title, short description, tags, objectives and the beginning of the description, or how they begin.";

/// All that everybody finds.
pub(crate) struct Catalogue;

impl lyceum_kit::list::Listing for Catalogue {
    type Row = Listing;
    const LIST: List = List::of(Listing::TABLE, Listing::COLUMN_LIST, "course_id", NEWEST.descending())
        .orders(ORDERS)
        .searches(&[Search::by("q", WORDS).describe(FOUND_BY)])
        .filters(&[
            Filter::equal::<String>("slug").describe("The course with this slug."),
            Filter::among::<Tag>("tag", TAGS).describe("Only those with this tag, in whatever case."),
            Filter::among::<InstructorId>("instructor_id", INSTRUCTORS)
                .describe("Only those that this person gives."),
            Filter::id("category_id").describe("Only those of this category."),
            Filter::equal::<Level>("level").describe("Only those of this level."),
            Filter::equal::<String>("language").describe("Only those in this language, such as `pt`."),
            Filter::flag("free", "price = 0").describe("Only those that cost nothing."),
            Filter::range::<i64>("price")
                .describe("Only those of these prices, in the smallest unit of whatever currency."),
        ]);
}

const ORGANIZATION_ORDERS: &[Order] = &[BY_TITLE, NEWEST];
pub(super) const ORGANIZATION_WORDS: Index =
    Index::words("organization_listing_words", "course_id", ORGANIZATION_ORDERS)
        .carrying(&[Order::text("organization_id")]);
/// What the members of an organisation find.
pub(crate) struct OfOrganization;

impl lyceum_kit::list::Listing for OfOrganization {
    type Row = Listing;
    const LIST: List = List::of("organization_listings", Listing::COLUMN_LIST, "course_id", BY_TITLE)
        .orders(ORGANIZATION_ORDERS)
        .searches(&[Search::by("q", ORGANIZATION_WORDS).describe(FOUND_BY)]);
}

/// The catalogue shows the course as this version says, if everybody may find it; and not at all otherwise.
pub(crate) fn shown(course: &Course, version: Option<&Version>) -> Vec<Statement> {
    let version = version.filter(|_| course.status == Status::Published);
    let mut statements = match (version, course.visibility, course.organization_id) {
        (Some(version), Visibility::Public, _) => set(course, version),
        (Some(version), Visibility::Organization, Some(id)) => {
            let listing = listing(course, version);
            let orders = params![&listing.title_folded, listing.published_at, id];
            let words = ORGANIZATION_WORDS.set(course.id, &orders, &[&searched(version)]);
            gone(course.id).into_iter().chain([found_by_members(&listing, id)]).chain(words).collect()
        }
        _ => return gone(course.id),
    };
    statements.extend(numbers::count(course.id));
    statements
}

/// The catalogue has it no more.
pub(crate) fn gone(course_id: Uuid) -> Vec<Statement> {
    let words = [WORDS, ORGANIZATION_WORDS].map(|index| index.remove(course_id));
    let terms = [TAGS, INSTRUCTORS].map(|terms| terms.remove(course_id));
    words.into_iter().chain(terms).chain(without_rows(course_id)).collect()
}

fn without_rows(course_id: Uuid) -> [Statement; 2] {
    ["listings", "organization_listings"]
        .map(|table| statement(format!("DELETE FROM {table} WHERE course_id = $1"), params![course_id]))
}

fn found_by_members(listing: &Listing, organization_id: Uuid) -> Statement {
    let values: Vec<Value> = listing.values().into_iter().chain([organization_id.into_value()]).collect();
    let places: Vec<String> = (1..=values.len()).map(|at| format!("${at}")).collect();
    let text = format!(
        "INSERT INTO organization_listings ({}, organization_id) VALUES ({})",
        Listing::COLUMN_LIST,
        places.join(", ")
    );
    statement(text, values)
}

fn listing(course: &Course, version: &Version) -> Listing {
    Listing {
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
        rating: Average(0),
        rating_count: 0,
        learner_count: 0,
        version: version.number,
        published_at: version.published_at,
    }
}

fn set(course: &Course, version: &Version) -> Vec<Statement> {
    let listing = listing(course, version);
    let orders = params![
        listing.published_at,
        &listing.title_folded,
        listing.learner_count,
        listing.rating,
        listing.level,
        &listing.language,
        listing.category_id,
        listing.price
    ];
    let mut statements = without_rows(course.id).to_vec();
    statements.push(ORGANIZATION_WORDS.remove(course.id));
    statements.push(listing.insert());
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
