//! Enrolments on SQLite and on PostgreSQL: who is enrolled how, places and queues, payments, what is heard and told.
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod bulk;
mod changing;
mod crashes;
mod ending;
mod enrolling;
mod invitations;
mod lists;
mod live;
mod model;
mod parallel;
mod payments;
mod prerequisites;
mod settings;
mod waiting;

use lyceum_enrollments::SERVICE;
use lyceum_kit::{clock::Timestamp, ids, prelude::Uuid, role::Role};
use lyceum_testing::{Answer, App, As, Event};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/enrollments";
const TEACHER: &str = "01890000-0000-7000-8000-000000000001";
const OTHER_TEACHER: &str = "01890000-0000-7000-8000-000000000002";
const FIRST_DAY: &str = "2026-01-05T10:00:00Z";

fn teacher(app: &App) -> As<'_> {
    app.as_user(TEACHER).with_role(Role::Instructor)
}

fn other_teacher(app: &App) -> As<'_> {
    app.as_user(OTHER_TEACHER).with_role(Role::Instructor)
}

fn admin(app: &App) -> As<'_> {
    app.as_role(Role::Admin)
}

fn learner(app: &App, user: Uuid) -> As<'_> {
    app.as_user(&user.to_string())
}

/// The clock stands at this moment from now on.
fn at(app: &App, moment: &str) {
    app.stop_clock(moment.parse().unwrap());
}

fn now() -> Timestamp {
    FIRST_DAY.parse().unwrap()
}

/// What courses tell of a course that was published, with some of it changed.
fn published_as(id: Uuid, sequence: u64, change: &Value) -> Event {
    let mut data = json!({
        "course_id": id, "version": 1, "title": "Baking bread", "instructor_ids": [TEACHER], "visibility": "public",
        "organization_id": null, "price": 0, "currency": null, "prerequisites": [], "modules": [], "published_at": now(),
    });
    for (member, value) in change.as_object().into_iter().flatten() {
        data[member] = value.clone();
    }
    Event::new("lyceum.courses.CoursePublished.v1", data).about("course", &id.to_string(), sequence)
}

fn course_with(app: &App, change: &Value) -> Uuid {
    let id = ids::new();
    app.deliver(&published_as(id, 1, change)).unwrap();
    id
}

fn course(app: &App) -> Uuid {
    course_with(app, &Value::Null)
}

/// What courses tell when what holds whatever the version was changed.
fn updated(app: &App, id: Uuid, sequence: u64, change: &Value) {
    let mut data = json!({
        "course_id": id, "title": "Baking bread", "instructor_ids": [TEACHER], "status": "published",
        "visibility": "public", "organization_id": null, "price": 0, "currency": null, "published_version": 1,
        "updated_at": now(),
    });
    for (member, value) in change.as_object().into_iter().flatten() {
        data[member] = value.clone();
    }
    let event = Event::new("lyceum.courses.CourseUpdated.v1", data);
    app.deliver(&event.about("course", &id.to_string(), sequence)).unwrap();
}

/// Somebody who has an account.
fn person_with(app: &App, email: &str) -> Uuid {
    let id = ids::new();
    let data = json!({
        "user_id": id, "email": email, "display_name": "Ada", "roles": ["student"], "created_at": now(),
    });
    app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", &id.to_string(), 1)).unwrap();
    id
}

fn person(app: &App) -> Uuid {
    person_with(app, &format!("{}@example.org", ids::new().simple()))
}

fn people<const MANY: usize>(app: &App) -> [Uuid; MANY] {
    [(); MANY].map(|()| person(app))
}

/// They enrol by themselves.
fn enrol(app: &App, course: Uuid, user: Uuid) -> Answer {
    learner(app, user).post(PATH).json(&json!({ "course_id": course })).send()
}

/// The path of an enrolment that began.
fn enrolled(app: &App, course: Uuid, user: Uuid) -> String {
    path_of(&enrol(app, course, user).expect(201))
}

fn path_of(answer: &Answer) -> String {
    answer.header("location").unwrap().to_owned()
}

fn shown(app: &App, path: &str) -> Value {
    admin(app).get(path).send().expect(200).json()
}

fn status(app: &App, path: &str) -> String {
    shown(app, path)["status"].as_str().unwrap().to_owned()
}

fn withdraw(app: &App, path: &str, user: Uuid) -> Answer {
    learner(app, user).delete(path).send()
}

fn settings_path(course: Uuid) -> String {
    format!("/api/v1/courses/{course}/enrollment-settings")
}

/// The course's settings are these from now on.
fn set(app: &App, course: Uuid, fields: &Value) {
    let path = settings_path(course);
    let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
    teacher(app).put(&path).if_match(&tag).json(fields).send().expect(200);
}

/// How many places of the course are taken, and how many people wait, as it is counted and as it is.
fn counts(app: &App, course: Uuid) -> (i64, i64) {
    let settings = teacher(app).get(&settings_path(course)).send().expect(200).json();
    let counted = (settings["taken"].as_i64().unwrap(), settings["waiting"].as_i64().unwrap());
    let mut all = Vec::new();
    let mut query = format!("/api/v1/courses/{course}/enrollments?limit=200");
    loop {
        let page = teacher(app).get(&query).send().expect(200).json();
        all.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("/api/v1/courses/{course}/enrollments?limit=200&cursor={cursor}");
    }
    let live = |names: &[&str]| {
        let is_live =
            |item: &&Value| item["ended_at"].is_null() && names.contains(&item["status"].as_str().unwrap());
        i64::try_from(all.iter().filter(is_live).count()).unwrap()
    };
    assert_eq!(counted, (live(&["requested", "confirmed", "completed"]), live(&["waitlisted"])));
    counted
}

fn code(answer: Answer) -> String {
    answer.expect(409).problem().error_code
}

/// Progress tells that the person of this enrolment has completed the course.
fn complete(app: &App, path: &str) -> Result<(), String> {
    let enrollment = shown(app, path);
    let data = json!({
        "enrollment_id": enrollment["id"], "user_id": enrollment["user_id"], "course_id": enrollment["course_id"],
        "course_title": "Baking bread", "course_version": 1, "completed_at": now(),
    });
    let user = enrollment["user_id"].as_str().unwrap();
    app.deliver(&Event::new("lyceum.progress.CourseCompleted.v1", data).about("learner", user, 1))
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
