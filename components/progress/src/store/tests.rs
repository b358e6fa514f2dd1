use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::prelude::*;
use lyceum_testing::App;

use super::awards::{self, Achievements, Competencies};
use super::reports::{self, Class};
use super::{attempts, certificates, due, facts, listing, paths, seen};

const ID: &str = "01890000-0000-7000-8000-000000000001";

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            let (user, id): (UserId, Uuid) = (ID.parse().unwrap(), ID.parse().unwrap());
            assert!(facts::of(user, id).unwrap().is_none());
            seen::enrollment_by_id(id).unwrap();
            paths::find(id, user).unwrap();
            query(vec![attempts::in_progress(user, id)]).unwrap();
            listing::of_person(user, Some(id), 51).unwrap();
            due::next(None, clock::now(), 100).unwrap();
            due::dates(None, clock::now(), 100).unwrap();
            certificates::of_person(user, Some(id), 51).unwrap();
            certificates::by_code("A").unwrap();
            awards::standing(user).unwrap();
            reports::at_risk(id, clock::now(), Some((clock::now(), id)), 51).unwrap();
            reports::overview(id, clock::now()).unwrap();
            awards::next(None, clock::now(), 100).unwrap();
        });
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn every_statement_of_what_can_be_earned_is_indexed() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        let mut statements =
            ListQuery::<Achievements>::statements(&["", "sort=-name"], &Scope::all()).unwrap();
        statements.extend(ListQuery::<Competencies>::statements(&["", "sort=-name"], &Scope::all()).unwrap());
        app.run(|| {
            for named in &statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn every_statement_of_a_class_is_indexed() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        let id: Uuid = ID.parse().unwrap();
        let class = Scope::all().equal("course_id", id);
        let queries = ["", "sort=last_activity_at", "sort=-percent_complete", "sort=percent_complete"];
        let mut statements = ListQuery::<Class>::statements(&queries, &class).unwrap();
        let whole = format!("course_id={ID}");
        statements.extend(ListQuery::<Class>::statements(&[whole.as_str()], &Scope::all()).unwrap());
        app.run(|| {
            for named in &statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        app.explain().assert_indexed(&[]);
    });
}
