//! What all grades of somebody come to.

use lyceum_kit::prelude::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

use super::category::CategoryResult;
use super::grade::{Grade, Graded};
use super::item::Item;
use super::settings::Settings;
use crate::domain::grading::fraction::Fraction;

/// What a category comes to, as it is shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct CategoryTotal {
    pub(crate) category_id: Uuid,
    /// None as long as nothing counts.
    pub(crate) percent: Option<Fraction>,
    pub(crate) points: Fraction,
    pub(crate) points_possible: Fraction,
    /// The items whose grades are dropped.
    pub(crate) dropped_item_ids: Vec<Uuid>,
}

/// What all of it comes to, as it is shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
pub(crate) struct Total {
    /// None as long as nothing counts.
    pub(crate) percent: Option<Fraction>,
    /// Of those items that count.
    pub(crate) points: Fraction,
    pub(crate) points_possible: Fraction,
    /// By the gradebook's scheme, such as `B+`.
    pub(crate) grade: Option<String>,
    pub(crate) categories: Vec<CategoryTotal>,
}

impl Total {
    /// What grades of these items, in their order, come to.
    pub(crate) fn of(settings: &Settings, items: &[Item], grades: &[Grade]) -> Self {
        let results: Vec<CategoryResult> = settings
            .categories
            .iter()
            .map(|category| category.result(&belonging(settings, category.id, items, grades)))
            .collect();
        let share = overall(settings, &results);
        let points: Fraction = results.iter().map(|result| result.points.clone()).sum();
        let regular = settings.categories.iter().zip(&results).filter(|(category, _)| !category.extra_credit);
        let possible: Fraction = regular.map(|(_, result)| result.possible.clone()).sum();
        let grade = share.as_ref().map(|share| settings.scheme.told(share, &points, &possible));
        let categories = settings.categories.iter().zip(results);
        let categories = categories.map(|(category, result)| CategoryTotal {
            category_id: category.id,
            percent: result.share.as_ref().map(Fraction::in_percent),
            points: result.points,
            points_possible: result.possible,
            dropped_item_ids: result.dropped,
        });
        let categories = categories.collect();
        Self {
            percent: share.as_ref().map(Fraction::in_percent),
            points,
            points_possible: possible,
            grade,
            categories,
        }
    }
}

/// The grades that count in a category.
fn belonging(settings: &Settings, category_id: Uuid, items: &[Item], grades: &[Grade]) -> Vec<Graded> {
    let first = settings.categories.first().map(|first| first.id);
    // One that isn't there any more is as none.
    let category_of = |item: &Item| item.category_id.filter(|id| settings.has(*id)).or(first);
    let belong = items.iter().filter(|item| category_of(item) == Some(category_id));
    belong
        .filter_map(|item| {
            let grade = grades.iter().find(|grade| grade.item_id == item.id);
            Graded::of(item, grade, settings.ungraded_is_zero)
        })
        .collect()
}

/// The mean of what the categories come to, each as heavy as its weight; what is extra adds to it.
fn overall(settings: &Settings, results: &[CategoryResult]) -> Option<Fraction> {
    let (mut above, mut below) = (Fraction::zero(), Fraction::zero());
    for (category, result) in settings.categories.iter().zip(results) {
        let Some(share) = &result.share else { continue };
        above = above + share.clone() * category.weight.into();
        if !category.extra_credit {
            below = below + category.weight.into();
        }
    }
    above.over(&below)
}
