//! What others rely on: who sees and changes what, merging, completion, what is told to others, and erasure.
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod attempts;
mod awards;
mod batches;
mod certificates;
mod completion;
mod courses;
mod erasure;
mod gradebook;
mod graded;
mod lessons;
mod paths;
mod projections;
mod reports;
mod submissions;
mod versions;

use lyceum_kit::prelude::Uuid;
use lyceum_kit::{ids, role::Role};
use lyceum_progress::SERVICE;
use lyceum_testing::{App, As, Event};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/progress";
const TEACHER: &str = "01890000-0000-7000-8000-000000000001";
const OTHER: &str = "01890000-0000-7000-8000-000000000002";
const STUDENT: &str = "01890000-0000-7000-8000-000000000003";
const NOBODY: &str = "01890000-0000-7000-8000-0000000000ff";
const NOW: &str = "2026-01-05T10:00:00Z";
/// When people were enrolled.
const ENROLLED: &str = "2026-01-05T07:00:00Z";

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

/// The clock stands at this moment from now on.
fn at(app: &App, moment: &str) {
    app.stop_clock(moment.parse().unwrap());
}

/// A course whose versions courses tells of.
#[derive(Clone, Debug)]
struct Course {
    id: Uuid,
    /// How many events were told of it.
    told: u64,
}

/// A module of a version: its id and its lessons.
type Module = (Uuid, Vec<Value>);

fn text(lesson_id: Uuid) -> Value {
    json!({ "lesson_id": lesson_id, "type": "text" })
}

fn quiz(lesson_id: Uuid, quiz_id: Uuid) -> Value {
    json!({ "lesson_id": lesson_id, "type": "quiz", "quiz_id": quiz_id })
}

impl Course {
    fn new() -> Self {
        Self { id: ids::new(), told: 0 }
    }

    fn published(&mut self, version: i64, modules: &[Module]) -> Event {
        self.told += 1;
        let modules: Vec<Value> = modules
            .iter()
            .map(|(module_id, lessons)| json!({ "module_id": module_id, "lessons": lessons }))
            .collect();
        let data = json!({
            "course_id": self.id, "version": version, "title": format!("Baking {version}"), "instructor_ids": [TEACHER],
            "visibility": "public", "organization_id": null, "price": 0, "currency": null, "prerequisites": [],
            "modules": modules, "published_at": NOW,
        });
        Event::new("lyceum.courses.CoursePublished.v1", data).about("course", &self.id.to_string(), self.told)
    }

    fn publish(&mut self, app: &App, version: i64, modules: &[Module]) {
        // What it asks is asked for.
        graded::told(app, &Value::Null, &Value::Null);
        app.deliver(&self.published(version, modules)).unwrap();
    }
}

/// An enrolment of which enrolments tells.
#[derive(Clone, Debug)]
struct Enrollment {
    id: Uuid,
    course: Uuid,
    user: String,
    told: u64,
}

impl Enrollment {
    fn new(course: &Course, user: &str) -> Self {
        Self { id: ids::new(), course: course.id, user: user.to_owned(), told: 0 }
    }

    fn told(&mut self, kind: &str, data: &Value) -> Event {
        self.told += 1;
        let mut all = json!({ "enrollment_id": self.id, "course_id": self.course, "user_id": self.user });
        for (member, value) in data.as_object().unwrap() {
            all[member] = value.clone();
        }
        let kind = format!("lyceum.enrollments.{kind}.v1");
        Event::new(&kind, all).about("enrollment", &self.id.to_string(), self.told)
    }

    fn enrolled(&mut self, version: i64, dates: [Option<&str>; 2]) -> Event {
        let data = json!({
            "course_title": "Baking", "course_version": version, "starts_at": dates[0], "expires_at": dates[1],
            "enrolled_at": ENROLLED,
        });
        self.told("UserEnrolled", &data)
    }

    fn moved(&mut self, version: i64) -> Event {
        let data =
            json!({ "course_version": version, "starts_at": null, "expires_at": null, "updated_at": NOW });
        self.told("EnrollmentUpdated", &data)
    }

    fn ended(&mut self) -> Event {
        self.told("EnrollmentDeleted", &json!({ "reason": "withdrawn", "deleted_at": NOW }))
    }
}

/// A course with two modules of two text lessons each, in which the student learns.
struct Scene {
    course: Course,
    enrollment: Enrollment,
    modules: Vec<(Uuid, Vec<Uuid>)>,
}

fn modules_of(modules: &[(Uuid, Vec<Uuid>)]) -> Vec<Module> {
    modules.iter().map(|(id, lessons)| (*id, lessons.iter().map(|lesson| text(*lesson)).collect())).collect()
}

fn scene(app: &App) -> Scene {
    at(app, NOW);
    let modules: Vec<(Uuid, Vec<Uuid>)> =
        (0..2).map(|_| (ids::new(), vec![ids::new(), ids::new()])).collect();
    let mut course = Course::new();
    course.publish(app, 1, &modules_of(&modules));
    let mut enrollment = Enrollment::new(&course, STUDENT);
    app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
    Scene { course, enrollment, modules }
}

impl Scene {
    fn path(&self) -> String {
        format!("{PATH}/users/{STUDENT}/courses/{}", self.course.id)
    }

    fn module(&self, at: usize) -> String {
        format!("{}/modules/{}", self.path(), self.modules[at].0)
    }

    /// The lesson with this number in the whole course.
    fn lesson(&self, at: usize) -> String {
        format!("{}/lessons/{}", self.module(at / 2), self.modules[at / 2].1[at % 2])
    }

    fn complete(&self, app: &App, at: usize) {
        student(app).post(&format!("{}/complete", self.lesson(at))).send().expect(200);
    }

    fn course(&self, app: &App) -> Value {
        student(app).get(&self.path()).send().expect(200).json()
    }

    fn set_criteria(&self, app: &App, combination: &str, criteria: &Value) {
        let path = format!("{PATH}/courses/{}/criteria", self.course.id);
        let tag = teacher(app).get(&path).send().expect(200).tag().to_owned();
        let body = json!({ "combination": combination, "criteria": criteria });
        teacher(app).put(&path).if_match(&tag).json(&body).send().expect(200);
        app.tick("minute").unwrap();
    }

    /// The types of the criteria that are open.
    fn open(&self, app: &App) -> Vec<String> {
        let completion = student(app).get(&format!("{}/completion", self.path())).send().expect(200).json();
        let open = completion["open"].as_array().unwrap().clone();
        open.iter().map(|open| open["criterion"]["type"].as_str().unwrap().to_owned()).collect()
    }
}

fn count(app: &App, kind: &str) -> usize {
    app.events_of(&format!("lyceum.progress.{kind}.v1")).len()
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
