//! Each rule by an example.

use lyceum_kit::prelude::{UserId, Uuid, Validation};
use serde_json::{Value, json};

use crate::domain::gradebook::grade::{Grade, Said};
use crate::domain::gradebook::item::{Item, ItemFields, ItemKind};
use crate::domain::gradebook::scheme::Scheme;
use crate::domain::gradebook::settings::Settings;
use crate::domain::gradebook::total::Total;
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;

const COURSE: Uuid = Uuid::from_u128(9);

fn item(at: u128, fields: &Value) -> Item {
    let mut all = json!({ "title": "Item", "points_possible": 10 });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let fields: ItemFields = serde_json::from_value(all).unwrap();
    Item::new(Uuid::from_u128(at), COURSE, ItemKind::Manual, fields)
}

fn grade(at: u128, points: &str) -> Grade {
    let points = Some(points.parse::<Points>().unwrap().into());
    Grade { points, ..Grade::none(COURSE, UserId::new(COURSE), Uuid::from_u128(at)) }
}

fn settings(category: &Value) -> Settings {
    let mut all = json!({ "id": COURSE, "title": "All", "weight": 100, "aggregation": "mean" });
    all.as_object_mut().unwrap().extend(category.as_object().unwrap().clone());
    serde_json::from_value(json!({ "categories": [all] })).unwrap()
}

fn percent(total: &Total) -> String {
    total.percent.as_ref().map_or("none".to_owned(), Fraction::shown)
}

#[test]
fn each_aggregation_has_its_own_result_of_the_same_grades() {
    let items: Vec<Item> = [10, 10, 20, 40]
        .iter()
        .zip(1..)
        .map(|(points, at)| item(at, &json!({ "points_possible": points })))
        .collect();
    let grades = [grade(1, "5"), grade(2, "10"), grade(3, "10"), grade(4, "30")];
    for (aggregation, expected) in [
        ("mean", "68.75"),
        ("weighted_mean", "68.75"),
        ("median", "62.50"),
        ("minimum", "50.00"),
        ("maximum", "100.00"),
        ("mode", "50.00"),
        ("sum", "68.75"),
    ] {
        let total = Total::of(&settings(&json!({ "aggregation": aggregation })), &items, &grades);
        assert_eq!(percent(&total), expected, "{aggregation}");
        assert_eq!(
            (total.points.shown(), total.points_possible.shown()),
            ("55.00".to_owned(), "80.00".to_owned())
        );
    }
}

#[test]
fn the_lowest_and_the_highest_are_dropped_but_never_all() {
    let items: Vec<Item> = (1..=4).map(|at| item(at, &json!({}))).collect();
    let grades = [grade(1, "10"), grade(2, "2"), grade(3, "2"), grade(4, "7")];
    let total = |lowest: usize, highest: usize| {
        let rule = json!({ "drop_lowest": lowest, "drop_highest": highest });
        Total::of(&settings(&rule), &items, &grades)
    };
    assert_eq!(percent(&total(1, 0)), "63.33");
    // Of equal ones the first.
    assert_eq!(total(1, 0).categories[0].dropped_item_ids, [Uuid::from_u128(2)]);
    assert_eq!(percent(&total(1, 1)), "45.00");
    assert_eq!(percent(&total(9, 9)), "100.00");
    assert_eq!(percent(&total(0, 9)), "20.00");
}

#[test]
fn what_is_extra_adds_and_takes_nothing_away() {
    let items = [
        item(1, &json!({})),
        item(2, &json!({})),
        item(3, &json!({ "extra_credit": true, "points_possible": 5 })),
    ];
    let (with, without) =
        ([grade(1, "8"), grade(2, "6"), grade(3, "2")], [grade(1, "8"), grade(2, "6"), grade(3, "0")]);
    for (aggregation, plain, extra) in [
        ("sum", "70.00", "80.00"),
        ("mean", "70.00", "90.00"),
        ("weighted_mean", "70.00", "80.00"),
        ("median", "70.00", "90.00"),
    ] {
        let settings = settings(&json!({ "aggregation": aggregation }));
        assert_eq!(percent(&Total::of(&settings, &items, &without)), plain);
        assert_eq!(percent(&Total::of(&settings, &items, &with)), extra);
        assert_eq!(percent(&Total::of(&settings, &items, &without[2..])), "none");
    }
}

#[test]
fn weights_count_in_proportion_and_only_where_something_is_graded() {
    let category = |id: u128, weight: u32, extra: bool| json!({ "id": Uuid::from_u128(id), "title": "A", "weight": weight, "aggregation": "sum", "extra_credit": extra });
    let settings: Settings = serde_json::from_value(
        json!({ "categories": [category(1, 30, false), category(2, 60, false), category(3, 10, true)] }),
    )
    .unwrap();
    let items: Vec<Item> =
        (1..=3).map(|at| item(at, &json!({ "category_id": Uuid::from_u128(at) }))).collect();
    let total = |grades: &[Grade]| percent(&Total::of(&settings, &items, grades));
    assert_eq!(total(&[grade(1, "9")]), "90.00");
    assert_eq!(total(&[grade(1, "9"), grade(2, "3")]), "50.00");
    assert_eq!(total(&[grade(1, "9"), grade(2, "3"), grade(3, "9")]), "60.00");
    assert_eq!(total(&[grade(3, "9")]), "none");
    let strict = Settings { ungraded_is_zero: true, ..settings.clone() };
    assert_eq!(percent(&Total::of(&strict, &items, &[grade(1, "9")])), "30.00");
}

#[test]
fn what_is_excused_does_not_count_and_what_is_overridden_counts_instead() {
    let items = [item(1, &json!({})), item(2, &json!({}))];
    let excused = Grade { excused: true, ..grade(2, "1") };
    let settings = settings(&json!({}));
    assert_eq!(percent(&Total::of(&settings, &items, &[grade(1, "8"), excused])), "80.00");
    let overridden = Grade { overridden: Some("9.5".parse().unwrap()), ..grade(1, "1") };
    assert_eq!(percent(&Total::of(&settings, &items, &[overridden])), "95.00");
}

#[test]
fn what_is_locked_stays_until_it_is_not_and_then_is_what_came_last() {
    let said = |locked: bool| Said { overridden: None, excused: false, hidden: false, locked, comment: None };
    let item = item(1, &json!({}));
    let locked = grade(1, "4").said(said(true));
    let later = locked.reached(&item, Some(Fraction::whole(9)));
    assert_eq!(later.counting(), Some(Fraction::whole(4)));
    assert_eq!(later.said(said(false)).counting(), Some(Fraction::whole(9)));
    assert_eq!(locked.said(said(false)).counting(), Some(Fraction::whole(4)));
    let closed = Item { locked: true, ..item };
    assert_eq!(grade(1, "4").reached(&closed, Some(Fraction::whole(9))).counting(), Some(Fraction::whole(4)));
}

#[test]
fn a_letter_is_given_by_the_exact_number_and_a_scheme_says_all_that_is_wrong() {
    let scheme: Scheme = serde_json::from_value(json!({ "kind": "letters", "letters": [
        { "name": "A", "from": 90 }, { "name": "B", "from": "79.995" }, { "name": "C", "from": 0 },
    ] }))
    .unwrap();
    let mut valid = Validation::new();
    scheme.check(&mut valid);
    assert!(valid.into_result().is_ok());
    let told = |scheme: &Scheme, text: &str| {
        scheme.told(&text.parse().unwrap(), &Fraction::whole(3), &Fraction::whole(7))
    };
    assert_eq!(told(&scheme, "9/10"), "A");
    // Shown as 90.00.
    assert_eq!(told(&scheme, "89996/100000"), "B");
    assert_eq!(told(&scheme, "79994/100000"), "C");
    assert_eq!(told(&scheme, "-1/10"), "C");
    let passing: Scheme = serde_json::from_value(json!({ "kind": "pass_fail", "pass_from": 50 })).unwrap();
    assert_eq!([told(&passing, "1/2"), told(&passing, "499/1000")], ["pass", "fail"]);
    let points: Scheme = serde_json::from_value(json!({ "kind": "points" })).unwrap();
    assert_eq!([told(&points, "1/2"), told(&Scheme::default(), "1/2")], ["3.00 / 7.00", "50.00 %"]);
    for wrong in [
        json!({ "kind": "letters", "letters": [{ "name": "A", "from": 0 }] }),
        json!({ "kind": "letters", "letters": [{ "name": "A", "from": 50 }, { "name": "B", "from": 50 }] }),
        json!({ "kind": "letters", "letters": [{ "name": "A", "from": 50 }, { "name": "B", "from": 1 }] }),
        json!({ "kind": "pass_fail" }),
        json!({ "kind": "percent", "pass_from": 5 }),
    ] {
        let mut valid = Validation::new();
        serde_json::from_value::<Scheme>(wrong.clone()).unwrap().check(&mut valid);
        assert!(valid.into_result().is_err(), "{wrong}");
    }
}
