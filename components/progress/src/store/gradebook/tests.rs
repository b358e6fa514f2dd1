use lyceum_kit::list::{ListQuery, ListStatement, Scope};
use lyceum_kit::prelude::*;
use lyceum_testing::App;

use super::grades::{self, History};
use super::{items, totals, unsettled};
use crate::store::{attempts, definitions, submissions};

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn all_are_indexed(statements: &[ListStatement]) {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        app.explain().assert_indexed(&[]);
    });
}

fn id() -> Uuid {
    ID.parse().unwrap()
}

#[test]
fn every_statement_of_the_lists_of_attempts_and_submissions_is_indexed() {
    let own = |item: &'static str| Scope::all().equal("user_id", id()).equal(item, id());
    let of_course = || Scope::all().equal("course_id", id());
    all_are_indexed(&ListQuery::<attempts::OfPerson>::statements(&[""], &own("quiz_id")).unwrap());
    all_are_indexed(&ListQuery::<submissions::OfPerson>::statements(&[""], &own("assignment_id")).unwrap());
    all_are_indexed(&ListQuery::<History>::statements(&[""], &own("item_id")).unwrap());
    let comments = Scope::all().equal("submission_id", id());
    all_are_indexed(&ListQuery::<submissions::Comments>::statements(&[""], &comments).unwrap());
    let [quiz, user] = [format!("quiz_id={ID}"), format!("user_id={ID}")];
    let queries = ["", "awaiting=true", quiz.as_str(), user.as_str()];
    all_are_indexed(&ListQuery::<attempts::OfCourse>::statements(&queries, &of_course()).unwrap());
    let assignment = format!("assignment_id={ID}");
    let queries = ["", "status=submitted", assignment.as_str(), user.as_str()];
    all_are_indexed(&ListQuery::<submissions::OfCourse>::statements(&queries, &of_course()).unwrap());
}

#[test]
fn what_is_due_over_or_stale_and_what_a_grade_is_counted_of_is_found_by_an_index() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            let (now, user) = (clock::now(), UserId::new(id()));
            attempts::over(now, None, 100).unwrap();
            attempts::idle(now, None, 100).unwrap();
            attempts::of_person(user, id()).unwrap();
            submissions::of_person(user, id()).unwrap();
            submissions::extension(user, id()).unwrap();
            submissions::extensions_due((now, now), None, 100).unwrap();
            definitions::body(id(), id(), 1).unwrap();
            definitions::place(user, id(), "quiz").unwrap();
            definitions::course_of(id(), "quiz").unwrap();
            definitions::due((now, now), None, 100).unwrap();
            let due =
                definitions::Deadline { item_id: id(), course_id: id(), course_version: 1, due_at: now };
            definitions::to_remind(&due, 50).unwrap();
            unsettled(None, 100).unwrap();
            items::find(id(), id()).unwrap();
            totals::sheet(id(), user).unwrap();
            totals::stale(id(), 1, 100).unwrap();
            totals::learners(id(), None, 51).unwrap();
            query(vec![grades::of_people(id(), &[user, user])]).unwrap();
        });
        app.explain().assert_indexed(&[]);
    });
}
