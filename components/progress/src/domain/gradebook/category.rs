//! Categories: what belongs together, and how much it counts.

use lyceum_kit::prelude::Uuid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::aggregation::{Aggregation, Counted};
use super::grade::Graded;
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;

/// A category.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    /// Chosen by whoever makes it, and kept.
    pub(crate) id: Uuid,
    /// One line of 1 to 100 characters.
    pub(crate) title: String,
    /// How much it counts beside the others, from 0 to 1,000,000. Where they don't come to 100, they are taken in proportion; one
    /// in which nothing is graded yet isn't counted.
    pub(crate) weight: Points,
    pub(crate) aggregation: Aggregation,
    /// So many of the lowest grades don't count, from 0 to 100; one always does.
    #[serde(default)]
    pub(crate) drop_lowest: usize,
    /// So many of the highest grades don't count, from 0 to 100; one always does.
    #[serde(default)]
    pub(crate) drop_highest: usize,
    /// Whether it adds to the total without counting among the weights.
    #[serde(default)]
    pub(crate) extra_credit: bool,
}

/// What a category comes to for somebody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CategoryResult {
    /// None if nothing counts yet.
    pub(crate) share: Option<Fraction>,
    pub(crate) points: Fraction,
    pub(crate) possible: Fraction,
    /// The items whose grades don't count.
    pub(crate) dropped: Vec<Uuid>,
}

impl Category {
    /// What these grades come to, in the order of their items. Extra ones are never dropped.
    pub(crate) fn result(&self, grades: &[Graded]) -> CategoryResult {
        let mut regular: Vec<&Graded> = grades.iter().filter(|grade| !grade.extra_credit).collect();
        // Of equal ones the item that stands first goes first: the sort keeps their order.
        regular.sort_by_key(|grade| grade.counted.share());
        let spare = regular.len().saturating_sub(1);
        let lowest = self.drop_lowest.min(spare);
        let highest = self.drop_highest.min(spare - lowest);
        let kept = lowest..regular.len() - highest;
        let is_dropped = |at: usize| !kept.contains(&at);
        let dropped =
            regular.iter().enumerate().filter(|(at, _)| is_dropped(*at)).map(|(_, grade)| grade.item_id);
        let dropped: Vec<Uuid> = dropped.collect();
        let counted = |extra: bool| -> Vec<Counted> {
            let counts = |grade: &&Graded| grade.extra_credit == extra && !dropped.contains(&grade.item_id);
            grades.iter().filter(counts).map(|grade| grade.counted.clone()).collect()
        };
        let (regular, extra) = (counted(false), counted(true));
        CategoryResult {
            share: self.aggregation.of(&regular, &extra),
            points: regular.iter().chain(&extra).map(|grade| grade.points.clone()).sum(),
            possible: regular.iter().map(|grade| grade.possible.clone()).sum(),
            dropped,
        }
    }
}
