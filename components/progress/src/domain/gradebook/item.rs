//! What is graded: quizzes and assignments of the course, and what instructors add.

use lyceum_kit::prelude::*;
use lyceum_kit::text::Name;
use lyceum_kit::text_enum;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;

text_enum! {
    /// Where its grades come from.
    pub(crate) enum ItemKind {
        /// A quiz of the course.
        Quiz = "quiz",
        /// An assignment of the course.
        Assignment = "assignment",
        /// Whoever grades it.
        Manual = "manual",
    }
}

/// An item of a gradebook. A quiz or an assignment has its own id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Item {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) kind: ItemKind,
    pub(crate) title: String,
    pub(crate) points_possible: Points,
    /// None is the first category.
    pub(crate) category_id: Option<Uuid>,
    /// In a weighted mean; the points if there is none.
    pub(crate) weight: Option<Points>,
    /// Adds to its category, and takes nothing away.
    pub(crate) extra_credit: bool,
    /// Whether learners don't see it, nor what it counts.
    pub(crate) hidden: bool,
    /// Whether its grades stay as they are, whatever is handed in.
    pub(crate) locked: bool,
    pub(crate) position: i64,
    /// The version that title and points are of; 0 for what instructors add.
    pub(crate) course_version: i64,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What instructors say of an item.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemFields {
    /// One line of 1 to 200 characters. That of a quiz or an assignment is its own.
    pub(crate) title: String,
    /// More than 0. Those of a quiz or an assignment are its own.
    pub(crate) points_possible: Points,
    /// One of the gradebook's; the first one if not given.
    #[serde(default)]
    pub(crate) category_id: Option<Uuid>,
    /// In a weighted mean, from 0; the points if not given.
    #[serde(default)]
    pub(crate) weight: Option<Points>,
    #[serde(default)]
    pub(crate) extra_credit: bool,
    #[serde(default)]
    pub(crate) hidden: bool,
    #[serde(default)]
    pub(crate) locked: bool,
    /// Its place; items with the same one stand in the order in which they were made.
    #[serde(default)]
    pub(crate) position: i64,
}

impl ItemFields {
    /// The same in the form that is stored, or all that is wrong with it.
    pub(crate) fn checked(self, categories: impl Fn(Uuid) -> bool) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let title = valid.take("/title", Name::within(&self.title, 200)).map_or(String::new(), String::from);
        let some = !self.points_possible.is_negative() && !self.points_possible.is_zero();
        valid.check("/points_possible", some, "OUT_OF_RANGE", "Must be more than 0.");
        let heavy = self.weight.is_none_or(|weight| !weight.is_negative());
        valid.check("/weight", heavy, "OUT_OF_RANGE", "Must not be less than 0.");
        let known = self.category_id.is_none_or(categories);
        valid.check("/category_id", known, "UNKNOWN_CATEGORY", "The gradebook has no such category.");
        let placed = (0..=100_000).contains(&self.position);
        valid.check("/position", placed, "OUT_OF_RANGE", "Must be from 0 to 100,000.");
        valid.into_result()?;
        Ok(Self { title, ..self })
    }
}

impl Item {
    /// A quiz or an assignment of a version.
    pub(crate) fn of_course(
        id: Uuid,
        (course_id, course_version): (Uuid, i64),
        kind: ItemKind,
        title: &str,
        points_possible: Points,
    ) -> Self {
        let fields = ItemFields {
            title: title.to_owned(),
            points_possible,
            category_id: None,
            weight: None,
            extra_credit: false,
            hidden: false,
            locked: false,
            position: 0,
        };
        Self { course_version, ..Self::new(id, course_id, kind, fields) }
    }

    /// A new one.
    pub(crate) fn new(id: Uuid, course_id: Uuid, kind: ItemKind, fields: ItemFields) -> Self {
        let now = clock::now();
        let ItemFields {
            title,
            points_possible,
            category_id,
            weight,
            extra_credit,
            hidden,
            locked,
            position,
        } = fields;
        Self {
            id,
            course_id,
            kind,
            title,
            points_possible,
            category_id,
            weight,
            extra_credit,
            hidden,
            locked,
            position,
            course_version: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Its next state. What a quiz or an assignment says itself stays.
    pub(crate) fn with(&self, fields: ItemFields) -> Self {
        let own = self.kind == ItemKind::Manual;
        let (title, points_possible) = (self.title.clone(), self.points_possible);
        let fields = if own { fields } else { ItemFields { title, points_possible, ..fields } };
        Self {
            course_version: self.course_version,
            version: self.version + 1,
            created_at: self.created_at,
            ..Self::new(self.id, self.course_id, self.kind, fields)
        }
    }

    /// How heavy it is in a weighted mean.
    pub(crate) fn heaviness(&self) -> Fraction {
        self.weight.unwrap_or(self.points_possible).into()
    }
}
