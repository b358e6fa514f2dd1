//! What others rely on: who writes and sees what, versions, the catalogue, what is told to others, and erasure.
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod assignments;
mod banks;
mod catalogue;
mod categories;
mod clones;
mod contract;
mod courses;
mod diff;
mod enrolment;
mod erasure;
mod lessons;
mod modules;
mod opinions;
mod order;
mod organizations;
mod paths;
mod publishing;
mod quizzes;
mod reading;
mod reviews;
mod versions;

use enrolment::Enrolment;
use lyceum_courses::SERVICE;
use lyceum_kit::clock::{self, Timestamp};
use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, As, Event};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/courses";
const TEACHER: &str = "01890000-0000-7000-8000-000000000001";
const OTHER: &str = "01890000-0000-7000-8000-000000000002";
const STUDENT: &str = "01890000-0000-7000-8000-000000000003";
const NOBODY: &str = "01890000-0000-7000-8000-0000000000ff";

fn teacher(app: &App) -> As<'_> {
    app.as_user(TEACHER).with_role(Role::Instructor)
}

fn other_teacher(app: &App) -> As<'_> {
    app.as_user(OTHER).with_role(Role::Instructor)
}

fn student(app: &App) -> As<'_> {
    app.as_user(STUDENT).with_role(Role::Student)
}

fn admin(app: &App) -> As<'_> {
    app.as_user(NOBODY).with_role(Role::Admin)
}

/// Where it was made.
fn location(answer: &Answer) -> String {
    answer.header("location").unwrap().to_owned()
}

/// The last part of a path.
fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// A public course of the teacher; its path.
fn course(app: &App, title: &str) -> String {
    course_with(app, &json!({ "title": title, "visibility": "public" }))
}

fn course_with(app: &App, fields: &Value) -> String {
    location(&teacher(app).post(PATH).json(fields).send().expect(201))
}

fn module(app: &App, course: &str, title: &str) -> String {
    let added = teacher(app).post(&format!("{course}/modules")).json(&json!({ "title": title })).send();
    location(&added.expect(201))
}

fn text(title: &str) -> Value {
    json!({ "title": title, "type": "text", "content": { "text_content": format!("*{title}*") } })
}

fn lesson(app: &App, module: &str, title: &str) -> String {
    location(&teacher(app).post(&format!("{module}/lessons")).json(&text(title)).send().expect(201))
}

/// A course with a module with a lesson: their paths.
fn small_course(app: &App, title: &str) -> [String; 3] {
    let course = course(app, title);
    let module = module(app, &course, "First");
    let lesson = lesson(app, &module, "Hello");
    [course, module, lesson]
}

fn publish(app: &App, course: &str) -> Answer {
    teacher(app).post(&format!("{course}/publish")).send().expect(200)
}

/// The course, or what belongs to it, changed by the teacher from what it is.
fn changed(app: &App, path: &str, body: &Value) -> Answer {
    let tag = teacher(app).get(path).send().expect(200).tag().to_owned();
    teacher(app).put(path).if_match(&tag).json(body).send()
}

/// Fields of a course, with its instructor.
fn fields(title: &str) -> Value {
    json!({ "title": title, "visibility": "public", "instructor_ids": [TEACHER] })
}

/// Somebody who learns in the course.
fn learner<'a>(app: &'a App, course: &str) -> As<'a> {
    Enrolment::of(course, STUDENT).begin(app, 1);
    student(app)
}

fn titles(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

fn found(app: &App, query: &str) -> Vec<String> {
    titles(&app.anonymous().get(&format!("{PATH}{query}")).send().expect(200))
}

/// The titles in a list, which stand at the places 0, 1, ...
fn in_order(answer: &Answer) -> Vec<String> {
    for (place, item) in answer.json()["items"].as_array().unwrap().iter().enumerate() {
        assert_eq!(item["order_index"], json!(place));
    }
    titles(answer)
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
