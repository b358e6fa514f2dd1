//! What others rely on: who writes and sees what, the lists, what is told to others, and erasure.
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::clock::Timestamp;
use lyceum_kit::role::Role;
use lyceum_students::SERVICE;
use lyceum_testing::{Answer, App, As, Event};
use serde_json::{Value, json};

const STUDENT: &str = "01890000-0000-7000-8000-000000000001";
const OTHER: &str = "01890000-0000-7000-8000-000000000002";
const TEACHER: &str = "01890000-0000-7000-8000-000000000003";
const LIBRARIAN: &str = "01890000-0000-7000-8000-000000000004";
const COURSE: &str = "01890000-0000-7000-8000-0000000000c1";

fn app() -> App {
    App::new(&SERVICE).sqlite()
}

fn teacher(app: &App) -> As<'_> {
    app.as_user(TEACHER).with_role(Role::Instructor)
}

fn librarian(app: &App) -> As<'_> {
    app.as_user(LIBRARIAN).with_role(Role::Librarian)
}

fn entries(student: &str) -> String {
    format!("/api/v1/students/{student}/entries")
}

/// Added by the teacher; its path.
fn added(app: &App, student: &str, fields: &Value) -> String {
    let answer = teacher(app).post(&entries(student)).json(fields).send().expect(201);
    answer.header("location").unwrap().to_owned()
}

fn comment(text: &str, visible: bool) -> Value {
    json!({ "kind": "comment", "text": text, "visible_to_student": visible })
}

fn grade(value: f64) -> Value {
    json!({ "kind": "grade", "course_id": COURSE, "grade": { "value": value, "maximum": 6.0 } })
}

fn activity(day: u32) -> Value {
    json!({ "kind": "activity", "at": format!("2026-01-{day:02}T00:00:00Z"), "details": { "day": day } })
}

fn days(answer: &Answer) -> Vec<u64> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["details"]["day"].as_u64().unwrap()).collect()
}

fn texts(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["text"].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn what_is_added_with_one_key_twice_is_there_and_published_once() {
    let app = app();
    let add = || teacher(&app).post(&entries(STUDENT)).key("k1").json(&grade(5.5)).send().expect(201);
    let (first, second) = (add(), add());
    assert_eq!(first.json(), second.json());
    assert_eq!(first.json()["grade"], json!({ "value": 5.5, "maximum": 6.0, "weight": 1.0 }));
    let shown = teacher(&app).get(first.header("location").unwrap()).send().expect(200);
    assert_eq!((shown.json(), shown.tag()), (first.json(), first.tag()));
    assert_eq!(app.events_of("lyceum.students.EntryAdded.v1").len(), 1);
}

#[test]
fn a_student_sees_what_is_visible_to_them_and_nothing_of_others() {
    let app = app();
    let hidden = added(&app, STUDENT, &comment("hidden", false));
    let shown = added(&app, STUDENT, &comment("shown", true));
    let others = added(&app, OTHER, &comment("other", true));
    let student = app.as_user(STUDENT).with_role(Role::Student);
    assert_eq!(texts(&student.get(&entries("me")).send().expect(200)), ["shown"]);
    assert_eq!(texts(&student.get(&entries(STUDENT)).send().expect(200)), ["shown"]);
    student.get(&shown).send().expect(200);
    student.get(&shown.replace(STUDENT, "me")).send().expect(200);
    let absent = shown.rsplit_once('/').unwrap().0.to_owned() + "/" + OTHER;
    let said = student.get(&absent).send().expect(404).problem().detail;
    for path in [&hidden, &others, &others.replace(OTHER, STUDENT)] {
        assert_eq!(student.get(path).send().expect(404).problem().detail, said, "{path}");
    }
    student.get(&entries(OTHER)).send().expect(404);
    student.get("/api/v1/student-entries").send().expect(403);
    student.post(&entries(OTHER)).json(&comment("mine", true)).send().expect(403);
    teacher(&app).post(&entries("me")).json(&comment("mine", true)).send().expect(403);
}

#[test]
fn grades_are_given_and_seen_by_instructors_and_not_by_librarians() {
    let app = app();
    let path = added(&app, STUDENT, &grade(4.0));
    added(&app, STUDENT, &comment("seen", false));
    librarian(&app).post(&entries(STUDENT)).json(&grade(4.0)).send().expect(403);
    librarian(&app).get(&path).send().expect(404);
    for list in [entries(STUDENT), "/api/v1/student-entries".to_owned()] {
        assert_eq!(texts(&librarian(&app).get(&list).send().expect(200)), ["seen"], "{list}");
        assert_eq!(texts(&teacher(&app).get(&list).send().expect(200)).len(), 2, "{list}");
    }
    assert_eq!(texts(&librarian(&app).get("/api/v1/student-entries?kind=grade").send().expect(200)), [""; 0]);
}

#[test]
fn a_teacher_does_not_find_what_is_hidden_from_them_in_the_list_of_all() {
    let app = app();
    librarian(&app).post(&entries(TEACHER)).json(&comment("about the teacher", false)).send().expect(201);
    assert_eq!(texts(&teacher(&app).get("/api/v1/student-entries").send().expect(200)), [""; 0]);
    assert_eq!(texts(&librarian(&app).get("/api/v1/student-entries").send().expect(200)).len(), 1);
}

#[test]
fn a_change_needs_the_state_it_is_meant_for_and_its_author() {
    let app = app();
    let path = added(&app, STUDENT, &grade(4.0));
    let change = |who: As<'_>, tag: &str, patch: Value| who.patch(&path).if_match(tag).json(&patch).send();
    let other = || app.as_user(OTHER).with_role(Role::Instructor);
    let better = json!({ "grade": { "value": 5.0 } });
    change(other(), "\"1\"", better.clone()).expect(403);
    let changed = change(teacher(&app), "\"1\"", better.clone()).expect(200);
    assert_eq!((changed.json()["grade"]["value"].as_f64(), changed.tag()), (Some(5.0), "\"2\""));
    change(teacher(&app), "\"1\"", better.clone()).expect(412);
    teacher(&app).patch(&path).json(&better).send().expect(428);
    let kind = change(teacher(&app), "\"2\"", json!({ "kind": "activity", "grade": null })).expect(422);
    assert_eq!(kind.problem().pointers(), ["/kind"]);
    change(teacher(&app), "\"2\"", json!({ "grade": { "value": 7.0 } })).expect(422);
    assert_eq!(app.events_of("lyceum.students.EntryChanged.v1").len(), 1);
    teacher(&app).delete(&path).if_match("\"1\"").send().expect(412);
    other().delete(&path).send().expect(403);
    app.as_user(OTHER).with_role(Role::Admin).delete(&path).send().expect(204);
    teacher(&app).get(&path).send().expect(404);
    assert_eq!(app.events_of("lyceum.students.EntryRemoved.v1").len(), 1);
}

#[test]
fn an_activity_is_neither_changed_nor_deleted() {
    let app = app();
    let path = added(&app, STUDENT, &activity(1));
    let refused = teacher(&app).patch(&path).if_match("\"1\"").json(&json!({ "details": {} })).send();
    assert_eq!(refused.expect(409).problem().error_code, "ACTIVITY_IS_FINAL");
    app.as_user(OTHER).with_role(Role::Admin).delete(&path).send().expect(409);
    assert_eq!(days(&teacher(&app).get(&entries(STUDENT)).send().expect(200)), [1]);
}

#[test]
fn lists_are_the_newest_first_filtered_and_paged_whatever_was_written_meanwhile() {
    let app = app();
    for day in [3, 1, 5, 2, 4] {
        added(&app, STUDENT, &activity(day));
    }
    added(&app, OTHER, &activity(9));
    let in_course = json!({ "kind": "activity", "course_id": COURSE, "at": "2026-01-06T00:00:00Z",
        "details": { "day": 6 } });
    added(&app, STUDENT, &in_course);
    let list = |path: &str| teacher(&app).get(path).send().expect(200);
    let of_student = entries(STUDENT);
    for (query, expected) in [
        ("", vec![6, 5, 4, 3, 2, 1]),
        ("?kind=activity", vec![6, 5, 4, 3, 2, 1]),
        ("?kind=comment", vec![]),
        (&format!("?course_id={COURSE}"), vec![6]),
        (&format!("?course_id={OTHER}"), vec![]),
        ("?from=2026-01-02T00:00:00Z&to=2026-01-04T00:00:00Z", vec![3, 2]),
        ("?kind=activity&from=2026-01-05T00:00:00Z", vec![6, 5]),
    ] {
        assert_eq!(days(&list(&format!("{of_student}{query}"))), expected, "{query}");
    }
    let all = "/api/v1/student-entries";
    for (query, expected) in [
        ("", vec![9, 6, 5, 4, 3, 2, 1]),
        ("?kind=activity", vec![9, 6, 5, 4, 3, 2, 1]),
        (&format!("?student_id={OTHER}"), vec![9]),
        (&format!("?course_id={COURSE}"), vec![6]),
        (&format!("?course_id={COURSE}&kind=activity&to=2026-01-06T00:00:00Z"), vec![]),
    ] {
        assert_eq!(days(&list(&format!("{all}{query}"))), expected, "{query}");
    }
    let first = list(&format!("{of_student}?limit=2"));
    assert_eq!(days(&first), [6, 5]);
    added(&app, STUDENT, &activity(7));
    let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
    let second = list(&format!("{of_student}?limit=4&cursor={cursor}"));
    assert_eq!((days(&second), second.json()["next_cursor"].is_null()), (vec![4, 3, 2, 1], true));
    for wrong in ["?kind=rumour", "?from=yesterday", "?colour=red", "?limit=0", "?cursor=x"] {
        teacher(&app).get(&format!("{of_student}{wrong}")).send().expect(400);
    }
}

#[test]
fn what_breaks_a_rule_is_422_and_names_its_fields() {
    let app = app();
    let wrong = json!({ "kind": "grade", "text": "a", "details": { "$a": 1 } });
    let refused = teacher(&app).post(&entries(STUDENT)).json(&wrong).send().expect(422);
    assert_eq!(refused.problem().pointers(), ["/text", "/grade", "/details"]);
    assert_eq!(app.events().len(), 0);
}

#[test]
fn an_erased_persons_entries_go_and_what_they_wrote_of_others_is_nobodys() {
    let app = app();
    app.stop_clock(Timestamp::from_micros(1_800_000_000_000_000));
    for day in 1..=3 {
        added(&app, STUDENT, &activity(day));
    }
    let written = added(&app, OTHER, &comment("stays", true));
    let erase = |user: &str| {
        let asked = json!({ "erasure_id": OTHER, "user_id": user, "requested_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", asked)).unwrap();
    };
    erase(STUDENT);
    assert_eq!(days(&teacher(&app).get(&entries(STUDENT)).send().expect(200)), [0; 0]);
    assert_eq!(app.events_of("lyceum.students.EntryRemoved.v1").len(), 3);
    teacher(&app).post(&entries(STUDENT)).json(&activity(4)).send().expect(404);
    erase(TEACHER);
    let shown = app.as_user(OTHER).get(&written).send().expect(200).json();
    assert_eq!((&shown["author_id"], &shown["text"]), (&Value::Null, &json!("stays")));
    let changed = app.events_of("lyceum.students.EntryChanged.v1");
    assert_eq!((changed.len(), &changed[0].data["author_id"]), (1, &Value::Null));
    assert_eq!(app.events_of("lyceum.platform.ErasureAnswered.v1").len(), 2);
}

#[test]
fn more_than_a_page_of_entries_is_erased() {
    let app = app();
    for _ in 0..201 {
        added(&app, STUDENT, &activity(1));
    }
    let asked = json!({ "erasure_id": OTHER, "user_id": STUDENT, "requested_at": "2026-01-01T00:00:00Z" });
    app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", asked)).unwrap();
    assert_eq!(days(&teacher(&app).get(&entries(STUDENT)).send().expect(200)), [0; 0]);
    assert_eq!(app.events_of("lyceum.students.EntryRemoved.v1").len(), 201);
}

#[test]
fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
    lyceum_testing::contract::assert_fits(&SERVICE);
}
