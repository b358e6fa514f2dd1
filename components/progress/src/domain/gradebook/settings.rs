//! What holds for all grades of a course.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::text::Name;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::aggregation::Aggregation;
use super::category::Category;
use super::scheme::Scheme;
use crate::domain::grading::points::Points;

const CATEGORIES: usize = 30;
const DROPPED: usize = 100;

/// The settings of a gradebook.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// 1 to 30. What has no category belongs to the first one.
    pub(crate) categories: Vec<Category>,
    #[serde(default)]
    pub(crate) scheme: Scheme,
    /// Whether what isn't graded counts as nothing reached. If not, it doesn't count yet.
    #[serde(default)]
    pub(crate) ungraded_is_zero: bool,
}

impl Settings {
    /// Where nothing was said: one category, in which points are added up.
    pub(crate) fn of(course_id: Uuid) -> Self {
        let all = Category {
            id: course_id,
            title: "All".to_owned(),
            weight: Points::HUNDRED,
            aggregation: Aggregation::Sum,
            drop_lowest: 0,
            drop_highest: 0,
            extra_credit: false,
        };
        Self { categories: vec![all], scheme: Scheme::default(), ungraded_is_zero: false }
    }

    /// Whether there is this category.
    pub(crate) fn has(&self, category_id: Uuid) -> bool {
        self.categories.iter().any(|category| category.id == category_id)
    }

    /// All that is wrong with them, if anything is.
    pub(crate) fn checked(self) -> Result<Self, Invalid> {
        let mut valid = Validation::new();
        let few = (1..=CATEGORIES).contains(&self.categories.len());
        valid.check("/categories", few, "OUT_OF_RANGE", "Must be 1 to 30.");
        let mut seen = BTreeSet::new();
        for (at, category) in self.categories.iter().enumerate() {
            let pointer = |field: &str| format!("/categories/{at}/{field}");
            valid.check(
                &pointer("id"),
                seen.insert(category.id),
                "NAMED_TWICE",
                "Each id may be there once.",
            );
            valid.take(&pointer("title"), Name::within(&category.title, 100));
            let heavy = !category.weight.is_negative();
            valid.check(&pointer("weight"), heavy, "OUT_OF_RANGE", "Must not be less than 0.");
            for (field, dropped) in
                [("drop_lowest", category.drop_lowest), ("drop_highest", category.drop_highest)]
            {
                valid.check(&pointer(field), dropped <= DROPPED, "OUT_OF_RANGE", "Must be from 0 to 100.");
            }
        }
        let counts = |category: &Category| !category.extra_credit && !category.weight.is_zero();
        let some = self.categories.iter().any(counts);
        valid.check(
            "/categories",
            some,
            "NOTHING_COUNTS",
            "One has to have a weight, and not as extra credit.",
        );
        self.scheme.check(&mut valid);
        valid.into_result()?;
        Ok(self)
    }
}
