use lyceum_kit::list::{ListQuery, ListStatement, Scope};
use lyceum_kit::prelude::*;
use lyceum_testing::App;

use super::calendar::ClosedDaysList;
use super::cases::{self, WhichItem, WhichReader};
use super::fines::Fines;
use super::holds::{self, Holds};
use super::lendings::{Lendings, LendingsByNumber};
use super::rules::Rules;
use super::{accounts, closures};
use crate::domain::{Day, ItemSeen, ReaderSeen};

const ID: &str = "01890000-0000-7000-8000-000000000001";

/// Few rows, at most 1,001, that are found by one condition are put in order.
const FEW: &str = "LIMIT 1001) AS d CROSS JOIN";

fn all_are_indexed(statements: &[ListStatement]) {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        let plans = app.explain();
        assert!(plans.statements().len() > 2);
        let linear: Vec<_> = plans.linear().into_iter().filter(|plan| !plan.contains(FEW)).collect();
        assert!(linear.is_empty(), "{linear:#?}");
    });
}

fn scopes() -> [Scope; 2] {
    [Scope::all(), Scope::all().equal("user_id", ID.parse::<Uuid>().unwrap())]
}

#[test]
fn every_statement_of_the_list_of_lendings_is_indexed() {
    let (reader, book, item) = (format!("reader_id={ID}"), format!("book_id={ID}"), format!("item_id={ID}"));
    let both = format!("{book}&returned=true");
    let queries = [
        "",
        "number=2026/1,2026/2",
        reader.as_str(),
        book.as_str(),
        item.as_str(),
        "returned=true",
        "returned=false",
        "due_from=2026-01-01&due_to=2026-01-31",
        "returned=false&due_to=2026-01-31",
        both.as_str(),
    ];
    for scope in scopes() {
        all_are_indexed(&ListQuery::<Lendings>::statements(&queries, &scope).unwrap());
    }
    let both = format!("{reader}&{book}");
    let queries = [
        "",
        reader.as_str(),
        book.as_str(),
        both.as_str(),
        "returned=true",
        "returned=false",
        "started_from=2026-01-01&started_to=2026-01-31",
        "returned=false&started_from=2026-01-01",
    ];
    all_are_indexed(&ListQuery::<LendingsByNumber>::numbered_statements(&queries, &Scope::all()).unwrap());
    let late = ["returned=false&due_to=2026-01-31"];
    all_are_indexed(&ListQuery::<Lendings>::numbered_statements(&late, &Scope::all()).unwrap());
}

#[test]
fn every_statement_of_the_other_lists_is_indexed() {
    let reader = format!("reader_id={ID}");
    let both = format!("{reader}&state=unpaid");
    for scope in scopes() {
        let queries = ["", reader.as_str(), "state=unpaid", both.as_str()];
        all_are_indexed(&ListQuery::<Fines>::statements(&queries, &scope).unwrap());
    }
    let book = format!("book_id={ID}&state=waiting");
    for scope in scopes() {
        let queries = ["", reader.as_str(), book.as_str(), "state=ready"];
        all_are_indexed(&ListQuery::<Holds>::statements(&queries, &scope).unwrap());
    }
    let queries =
        ["", "location=Main", "day_from=2026-01-01&day_to=2026-12-31", "location=*&day_from=2026-01-01"];
    all_are_indexed(&ListQuery::<ClosedDaysList>::statements(&queries, &Scope::all()).unwrap());
    all_are_indexed(&ListQuery::<Rules>::statements(&["", "location=Main"], &Scope::all()).unwrap());
}

#[test]
fn what_checkouts_queues_and_jobs_read_is_indexed() {
    let id: Uuid = ID.parse().unwrap();
    let item = ItemSeen {
        item_id: Some(id),
        book_id: id,
        location: Some("Main".into()),
        item_type: None,
        status: lyceum_event_types::books::ItemStatus::Available,
        genre_id: None,
    };
    let reader = ReaderSeen { reader_id: id, user_id: id.into(), category: "adult".into(), blocked: false };
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            cases::items(&WhichItem::Id(id)).unwrap();
            cases::items(&WhichItem::Barcode("b".into())).unwrap();
            cases::readers(&WhichReader::Id(id)).unwrap();
            cases::readers(&WhichReader::Number("2026/1".into())).unwrap();
            cases::reader_of(id.into()).unwrap();
            cases::has_book(id).unwrap();
            cases::title(id).unwrap();
            cases::book_with("9780141439587").unwrap();
            super::lendings::numbered("2026/1").unwrap();
            query(vec![cases::book(id), cases::number_of(Some(id))]).unwrap();
            super::lendings::to_remind(Day::today(), Day::today(), None, 10).unwrap();
            holds::queue(id).unwrap();
            holds::next(id, None).unwrap();
            holds::free_item(id).unwrap();
            holds::kept(id).unwrap();
            holds::awaited(None, 10).unwrap();
            holds::overdue(Day::today(), None, 10).unwrap();
            let person = id.into();
            let read = [
                super::lendings::of_book(id, id),
                holds::of_person(person),
                holds::of_reader(id),
                cases::known(id),
                accounts::owing(person),
                closures::of(id, person, clock::now()),
                closures::of_book(id, clock::now()),
                super::lendings::any_of_book(id),
                holds::of_book(id),
                holds::awaited_before(id, id, i64::MAX),
            ];
            query(read.into()).unwrap();
            accounts::of_person(person).unwrap();
            super::seen::is_removed(id).unwrap();
            assert!(cases::case(item.clone(), reader.clone(), Day::today()).unwrap().is_some());
        });
        app.explain().assert_indexed(&[]);
    });
}
