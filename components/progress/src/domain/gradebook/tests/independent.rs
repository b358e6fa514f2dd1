//! Random gradebooks, counted twice.

use num_bigint::BigInt;
use proptest::prelude::*;
use serde_json::json;

use crate::domain::gradebook::grade::Grade;
use crate::domain::gradebook::item::{Item, ItemFields, ItemKind};
use crate::domain::gradebook::settings::Settings;
use crate::domain::gradebook::total::Total;
use crate::domain::grading::fraction::Fraction;
use lyceum_kit::prelude::{UserId, Uuid};

/// A fraction as it is taught at school.
#[derive(Clone, Debug)]
struct Plain {
    above: BigInt,
    below: BigInt,
}

fn plain(above: i64, below: i64) -> Plain {
    Plain { above: BigInt::from(above), below: BigInt::from(below) }
}

impl Plain {
    fn plus(&self, other: &Self) -> Self {
        let above = &self.above * &other.below + &other.above * &self.below;
        Self { above, below: &self.below * &other.below }
    }

    fn times(&self, other: &Self) -> Self {
        Self { above: &self.above * &other.above, below: &self.below * &other.below }
    }

    fn by(&self, other: &Self) -> Self {
        assert_ne!(other.above, BigInt::from(0));
        Self { above: &self.above * &other.below, below: &self.below * &other.above }
    }

    fn less(&self, other: &Self) -> bool {
        &self.above * &other.below < &other.above * &self.below
    }

    fn same(&self, other: &Self) -> bool {
        !self.less(other) && !other.less(self)
    }

    fn sum(all: &[Self]) -> Self {
        all.iter().fold(plain(0, 1), |sum, one| sum.plus(one))
    }

    /// Percent with two digits, half away from zero: what is not negative, by long division.
    fn shown(&self) -> String {
        let thousandths = &self.above * 100_000 / &self.below;
        let (hundredths, last): (BigInt, BigInt) = (&thousandths / 10, &thousandths % 10);
        let hundredths = if last >= BigInt::from(5) { hundredths + 1 } else { hundredths };
        let (whole, rest): (BigInt, BigInt) = (&hundredths / 100, &hundredths % 100);
        format!("{whole}.{:0>2}", rest.to_string())
    }
}

#[derive(Clone, Debug)]
struct Planned {
    category: usize,
    /// Tenths.
    possible: i64,
    /// Hundredths; none if it isn't graded.
    points: Option<i64>,
    weight: Option<i64>,
    extra: bool,
    excused: bool,
}

#[derive(Clone, Debug)]
struct PlannedCategory {
    aggregation: &'static str,
    /// Quarters.
    weight: i64,
    lowest: usize,
    highest: usize,
    extra: bool,
}

#[derive(Clone, Debug)]
struct Plan {
    categories: Vec<PlannedCategory>,
    items: Vec<Planned>,
    zero: bool,
}

const KINDS: [&str; 7] = ["mean", "weighted_mean", "median", "minimum", "maximum", "mode", "sum"];

fn plans() -> impl Strategy<Value = Plan> {
    let category =
        (prop::sample::select(&KINDS[..]), 0_i64..=200, 0_usize..3, 0_usize..3, prop::bool::weighted(0.1))
            .prop_map(|(aggregation, weight, lowest, highest, extra)| PlannedCategory {
                aggregation,
                weight,
                lowest,
                highest,
                extra,
            });
    // Few possible points, so that there are equal ones.
    let points = prop::option::weighted(0.85, prop_oneof![0_i64..=1_300, Just(500), Just(1_000)]);
    let possible = prop_oneof![Just(100_i64), Just(30), Just(70), 1_i64..=999];
    let weight = prop::option::weighted(0.3, 1_i64..=9);
    let item = (0_usize..4, possible, points, weight, prop::bool::weighted(0.15), prop::bool::weighted(0.1))
        .prop_map(|(category, possible, points, weight, extra, excused)| Planned {
            category,
            possible,
            points,
            weight,
            extra,
            excused,
        });
    (prop::collection::vec(category, 1..5), prop::collection::vec(item, 0..14), any::<bool>())
        .prop_map(|(categories, items, zero)| Plan { categories, items, zero })
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}

fn settings(plan: &Plan) -> Settings {
    let categories = plan.categories.iter().enumerate().map(|(at, category)| {
        json!({
            "id": id(at), "title": "Category", "weight": decimal(category.weight * 25, 2),
            "aggregation": category.aggregation, "drop_lowest": category.lowest, "drop_highest": category.highest,
            "extra_credit": category.extra,
        })
    });
    serde_json::from_value(
        json!({ "categories": categories.collect::<Vec<_>>(), "ungraded_is_zero": plan.zero }),
    )
    .unwrap()
}

fn decimal(number: i64, places: usize) -> String {
    let digits = format!("{number:0>width$}", width = places + 1);
    let (whole, rest) = digits.split_at(digits.len() - places);
    format!("{whole}.{rest}")
}

fn tested(plan: &Plan) -> Total {
    let (course, user) = (id(999), UserId::new(id(998)));
    let item = |(at, planned): (usize, &Planned)| {
        let fields: ItemFields = serde_json::from_value(json!({
            "title": "Item", "points_possible": decimal(planned.possible, 1), "category_id": id(planned.category),
            "weight": planned.weight, "extra_credit": planned.extra,
        }))
        .unwrap();
        Item::new(id(100 + at), course, ItemKind::Manual, fields)
    };
    let items: Vec<Item> = plan.items.iter().enumerate().map(item).collect();
    let grade = |(at, planned): (usize, &Planned)| Grade {
        points: planned.points.map(|points| {
            decimal(points, 2).parse::<crate::domain::grading::points::Points>().unwrap().into()
        }),
        excused: planned.excused,
        ..Grade::none(course, user, id(100 + at))
    };
    let grades: Vec<Grade> = plan.items.iter().enumerate().map(grade).collect();
    Total::of(&settings(plan), &items, &grades)
}

/// Share, weight, points that there are.
type Row = (Plain, Plain, Plain);

fn category_share(plan: &Plan, at: usize) -> Option<Plain> {
    let category = &plan.categories[at];
    let (mut regular, mut extra): (Vec<Row>, Vec<Row>) = (Vec::new(), Vec::new());
    for item in &plan.items {
        let belongs = if item.category < plan.categories.len() { item.category } else { 0 };
        if belongs != at || item.excused {
            continue;
        }
        let Some(points) = item.points.or((plan.zero && !item.extra).then_some(0)) else { continue };
        let possible = plain(item.possible, 10);
        let weight = item.weight.map_or_else(|| possible.clone(), |weight| plain(weight, 1));
        let row = (plain(points, 100).by(&possible), weight, possible);
        if item.extra { extra.push(row) } else { regular.push(row) }
    }
    // Take away the smallest, the first of equal ones, one by one; and then the greatest, the last of equal ones.
    for _ in 0..category.lowest {
        if regular.len() > 1 {
            let mut smallest = 0;
            for other in 1..regular.len() {
                if regular[other].0.less(&regular[smallest].0) {
                    smallest = other;
                }
            }
            regular.remove(smallest);
        }
    }
    for _ in 0..category.highest {
        if regular.len() > 1 {
            let mut greatest = 0;
            for other in 1..regular.len() {
                if !regular[other].0.less(&regular[greatest].0) {
                    greatest = other;
                }
            }
            regular.remove(greatest);
        }
    }
    if regular.is_empty() {
        return None;
    }
    let weighted = |weight: fn(&Row) -> Plain| {
        let above: Vec<Plain> = regular.iter().chain(&extra).map(|row| row.0.times(&weight(row))).collect();
        let below: Vec<Plain> = regular.iter().map(weight).collect();
        Plain::sum(&above).by(&Plain::sum(&below))
    };
    let mut shares: Vec<Plain> = regular.iter().map(|row| row.0.clone()).collect();
    shares.sort_by(|one, other| {
        if one.less(other) {
            std::cmp::Ordering::Less
        } else if other.less(one) {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    });
    let count = plain(shares.len().try_into().unwrap(), 1);
    let result = match category.aggregation {
        "sum" => return Some(weighted(|row| row.2.clone())),
        "weighted_mean" => return Some(weighted(|row| row.1.clone())),
        "mean" => Plain::sum(&shares).by(&count),
        "median" => {
            let (low, high) = (&shares[(shares.len() - 1) / 2], &shares[shares.len() / 2]);
            low.plus(high).by(&plain(2, 1))
        }
        "minimum" => shares[0].clone(),
        "maximum" => shares[shares.len() - 1].clone(),
        "mode" => {
            let mut best = (0, shares[0].clone());
            for share in &shares {
                let times = shares.iter().filter(|other| other.same(share)).count();
                if times >= best.0 {
                    best = (times, share.clone());
                }
            }
            best.1
        }
        other => panic!("{other}"),
    };
    let more: Vec<Plain> = extra.iter().map(|row| row.0.clone()).collect();
    Some(result.plus(&Plain::sum(&more).by(&count)))
}

fn expected(plan: &Plan) -> Option<Plain> {
    let (mut above, mut below) = (plain(0, 1), plain(0, 1));
    for (at, category) in plan.categories.iter().enumerate() {
        let Some(share) = category_share(plan, at) else { continue };
        let weight = plain(category.weight, 4);
        above = above.plus(&share.times(&weight));
        if !category.extra {
            below = below.plus(&weight);
        }
    }
    (below.above != BigInt::from(0)).then(|| above.by(&below))
}

fn exactly(tested: &Fraction, expected: &Plain) -> bool {
    // In percent.
    let text = tested.to_string();
    let (above, below) = text.split_once('/').unwrap_or((&text, "1"));
    let tested = Plain { above: above.parse().unwrap(), below: below.parse().unwrap() };
    tested.same(&expected.times(&plain(100, 1)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_total_is_what_an_independent_calculation_with_fractions_says(plan in plans()) {
        let total = tested(&plan);
        for (at, category) in total.categories.iter().enumerate() {
            match (&category.percent, category_share(&plan, at)) {
                (Some(percent), Some(expected)) => prop_assert!(exactly(percent, &expected)),
                (None, None) => {}
                (percent, expected) => prop_assert!(false, "{percent:?} {expected:?}"),
            }
        }
        match (&total.percent, expected(&plan)) {
            (Some(percent), Some(expected)) => {
                prop_assert!(exactly(percent, &expected), "{percent} {expected:?}");
                prop_assert_eq!(percent.shown(), expected.shown());
            }
            (None, None) => {}
            (percent, expected) => prop_assert!(false, "{percent:?} {expected:?}"),
        }
    }

    #[test]
    fn the_order_in_which_grades_come_changes_nothing(plan in plans(), turned in any::<bool>()) {
        let mut other = plan.clone();
        // Without dropping, since of equal ones the place decides.
        for category in &mut other.categories { (category.lowest, category.highest) = (0, 0); }
        let first = tested(&other);
        if turned { other.items.reverse(); }
        prop_assert_eq!(tested(&other).percent, first.percent);
    }
}
