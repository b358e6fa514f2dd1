use lyceum_event_types::enrollments::FailureReason;
use lyceum_kit::list::{ListQuery, ListStatement, Scope};
use lyceum_kit::prelude::*;
use lyceum_testing::App;

use super::enrollments::{self, OfCourse, Own, of_course, of_user};
use super::invitations::{self, Invitations};
use super::{places, seen};
use crate::domain::{Enrollment, Origin, Terms};

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn id() -> Uuid {
    ID.parse().unwrap()
}

fn user() -> UserId {
    UserId::new(id())
}

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

fn statements<L: lyceum_kit::list::Listing>(queries: &[&str], scope: &Scope) -> Vec<ListStatement> {
    ListQuery::<L>::statements(queries, scope).unwrap()
}

#[test]
fn every_statement_of_the_lists_is_indexed() {
    let (course, person) = (format!("course_id={ID}"), format!("user_id={ID}"));
    all_are_indexed(&statements::<Own>(&["", &course, "status=confirmed"], &of_user(user())));
    all_are_indexed(&statements::<OfCourse>(&["", &person, "status=waitlisted"], &of_course(id())));
    all_are_indexed(&statements::<Invitations>(&[""], &invitations::of_course(id())));
}

#[test]
fn what_is_decided_by_is_found_by_an_index() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            let enrollment = Enrollment::requested(id(), user(), Origin::Own, Terms::default());
            let now = clock::now();
            places::of(id()).unwrap();
            places::awaited(Some(id()), 100).unwrap();
            enrollments::first_waiting(id()).unwrap();
            enrollments::waiting_before(&enrollment).unwrap();
            enrollments::live_of_course(id(), 100).unwrap();
            enrollments::expired(now, Some(&enrollment), 100).unwrap();
            enrollments::not_completed(&[id(), id()], user()).unwrap();
            seen::competencies_of(user()).unwrap();
            query_all::<Enrollment>(enrollments::live_of_user(user(), 100)).unwrap();
            query_all::<Enrollment>(enrollments::live(id(), user())).unwrap();
            invitations::with_code("A").unwrap();
            invitations::of(id(), id()).unwrap();
            seen::course(id()).unwrap();
            seen::is_known(user()).unwrap();
            seen::with_address("a@example.org").unwrap();
            seen::cohort(id()).unwrap();
            seen::cohort_members(id(), Some(user()), 100).unwrap();
            seen::keeps_cohorts(id(), user()).unwrap();
            for written in [
                places::take(id()),
                places::queue(id()),
                places::promote(id()),
                places::number(&enrollment),
                places::leave(&enrollment),
                enrollments::note(id(), FailureReason::TimedOut),
                invitations::spend(id(), now),
                invitations::give_back(id()),
                invitations::revoke(id(), now),
                seen::is_open(id()),
            ] {
                let by = Context::current().without_once();
                // Nothing is there to be changed.
                by.begin().execute(written).commit().map(drop).unwrap_or_default();
            }
        });
        app.explain().assert_indexed(&[]);
    });
}
