//! Who reads what lessons say: those who are enrolled, on their version, within their dates and those of the lesson.

use super::*;

const DAY: i64 = 86_400_000_000;
const START: i64 = 1_800_000_000_000_000;

fn day(number: i64) -> Value {
    json!(Timestamp::from_micros(START + number * DAY))
}

/// The lesson with these fields besides its text.
fn with(title: &str, fields: &Value) -> Value {
    let mut lesson = text(title);
    for (name, value) in fields.as_object().unwrap() {
        lesson[name] = value.clone();
    }
    lesson
}

fn add(app: &App, module: &str, lesson: &Value) -> String {
    location(&teacher(app).post(&format!("{module}/lessons")).json(lesson).send().expect(201))
}

fn refused(who: &As<'_>, lesson: &str) -> String {
    who.get(lesson).send().expect(403).problem().error_code
}

fn says(who: &As<'_>, lesson: &str) -> Value {
    who.get(lesson).send().expect(200).json()["content"]["text_content"].clone()
}

#[test]
fn lessons_are_read_by_the_enrolled_and_previews_by_everybody() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        let preview = add(app, &module, &with("Preview", &json!({ "preview": true })));
        publish(app, &course);
        assert_eq!(refused(&student(app), &lesson), "ENROLLMENT_REQUIRED");
        assert_eq!(says(&student(app), &preview), "*Preview*");
        app.anonymous().get(&preview).send().expect(401);
        // What there is to learn is seen by everybody.
        let listed = student(app).get(&format!("{module}/lessons")).send().expect(200);
        assert_eq!(in_order(&listed), ["Hello", "Preview"]);
        assert!(!listed.text().contains("*Hello*"));
        let enrolment = Enrolment::of(&course, STUDENT);
        enrolment.begin(app, 1);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
        for who in [teacher(app), admin(app)] {
            assert_eq!(says(&who, &lesson), "*Hello*");
        }
        assert_eq!(refused(&other_teacher(app), &lesson), "ENROLLMENT_REQUIRED");
        enrolment.end(app, 2);
        assert_eq!(refused(&student(app), &lesson), "ENROLLMENT_REQUIRED");
        // What came before the end comes again.
        enrolment.begin(app, 1);
        assert_eq!(refused(&student(app), &lesson), "ENROLLMENT_REQUIRED");
        enrolment.begin(app, 3);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
    });
}

#[test]
fn an_end_that_comes_before_the_beginning_is_the_end() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, _, lesson] = small_course(app, "A");
        publish(app, &course);
        let enrolment = Enrolment::of(&course, STUDENT);
        enrolment.end(app, 2);
        enrolment.begin(app, 1);
        assert_eq!(refused(&student(app), &lesson), "ENROLLMENT_REQUIRED");
        // Another one is another one.
        Enrolment { id: NOBODY.to_owned(), ..Enrolment::of(&course, STUDENT) }.begin(app, 1);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
    });
}

#[test]
fn a_learner_stays_on_their_version_until_they_are_moved() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, _, lesson] = small_course(app, "A");
        publish(app, &course);
        let enrolment = Enrolment::of(&course, STUDENT);
        enrolment.begin(app, 1);
        changed(app, &lesson, &text("Goodbye")).expect(200);
        publish(app, &course);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
        assert_eq!(student(app).get(&course).send().expect(200).json()["version"], 1);
        assert_eq!(says(&student(app), &format!("{lesson}?version=2")), "*Goodbye*");
        assert_eq!(app.anonymous().get(&course).send().expect(200).json()["version"], 2);
        Enrolment { version: 2, ..enrolment.clone() }.change(app, 2);
        assert_eq!(says(&student(app), &lesson), "*Goodbye*");
        enrolment.begin(app, 1);
        assert_eq!(says(&student(app), &lesson), "*Goodbye*");
    });
}

#[test]
fn a_learner_reads_within_their_dates() {
    App::new(&SERVICE).on_each_database(|app| {
        let at = |number: i64| app.stop_clock(Timestamp::from_micros(START + number * DAY));
        at(0);
        let [course, _, lesson] = small_course(app, "A");
        publish(app, &course);
        let enrolment = Enrolment { starts: day(1), ends: day(3), ..Enrolment::of(&course, STUDENT) };
        enrolment.begin(app, 1);
        assert_eq!(refused(&student(app), &lesson), "ENROLLMENT_REQUIRED");
        at(1);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
        at(3);
        assert_eq!(refused(&student(app), &lesson), "ENROLLMENT_REQUIRED");
        Enrolment { ends: Value::Null, ..enrolment }.change(app, 2);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
    });
}

#[test]
fn a_lesson_is_read_within_its_dates_and_after_those_that_come_before() {
    App::new(&SERVICE).on_each_database(|app| {
        let at = |number: i64| app.stop_clock(Timestamp::from_micros(START + number * DAY));
        at(0);
        let [course, module, first] = small_course(app, "A");
        let timed =
            add(app, &module, &with("T", &json!({ "available_from": day(1), "available_until": day(2) })));
        let last = add(app, &module, &with("L", &json!({ "prerequisites": [id_of(&first), id_of(&timed)] })));
        publish(app, &course);
        let learner = learner(app, &course);
        assert_eq!(refused(&learner, &timed), "LESSON_NOT_AVAILABLE");
        at(1);
        assert_eq!(says(&learner, &timed), "*T*");
        at(2);
        assert_eq!(refused(&learner, &timed), "LESSON_NOT_AVAILABLE");
        assert_eq!(says(&teacher(app), &timed), "*T*");
        let problem = learner.get(&last).send().expect(403).problem();
        assert_eq!(problem.error_code, "LESSON_PREREQUISITES");
        let mut missing = [&first, &timed].map(|lesson| format!("/lessons/{}", id_of(lesson)));
        missing.sort();
        assert_eq!(problem.pointers(), missing);
        for (sequence, lesson) in [(7, &timed), (3, &first)] {
            completed(app, &course, lesson, sequence);
        }
        assert_eq!(says(&learner, &last), "*L*");
    });
}

fn completed(app: &App, course: &str, lesson: &str, sequence: u64) {
    let told = json!({ "user_id": STUDENT, "course_id": id_of(course), "module_id": NOBODY,
        "lesson_id": id_of(lesson), "completed_at": "2027-01-01T00:00:00Z" });
    let event = Event::new("lyceum.progress.LessonCompleted.v1", told).about("learner", STUDENT, sequence);
    app.deliver(&event).unwrap();
}

/// Otherwise nobody would ever read it.
#[test]
fn what_comes_before_a_lesson_is_there_and_does_not_wait_for_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, first] = small_course(app, "A");
        let second = add(app, &module, &with("2", &json!({ "prerequisites": [id_of(&first)] })));
        let third = add(app, &module, &with("3", &json!({ "prerequisites": [id_of(&second)] })));
        for (lesson, before, code) in [
            (&first, &third, "CYCLE"),
            (&first, &first, "CYCLE"),
            (&second, &third, "CYCLE"),
            (&third, &NOBODY.to_owned(), "UNKNOWN_LESSON"),
        ] {
            let body = with("A", &json!({ "prerequisites": [id_of(before)] }));
            let problem = changed(app, lesson, &body).expect(422).problem();
            assert_eq!(problem.pointers(), ["/prerequisites/0"]);
            assert_eq!(problem.details[0]["code"], code);
        }
        for (fields, pointer) in [
            (json!({ "prerequisites": [id_of(&first), id_of(&first)] }), "/prerequisites"),
            (json!({ "available_from": day(2), "available_until": day(2) }), "/available_until"),
        ] {
            assert_eq!(changed(app, &third, &with("A", &fields)).expect(422).problem().pointers(), [pointer]);
        }
        // One that a version hasn't is not waited for.
        teacher(app).delete(&first).send().expect(204);
        publish(app, &course);
        assert_eq!(says(&learner(app, &course), &second), "*2*");
    });
}

#[test]
fn a_private_course_is_seen_by_those_who_learn_in_it_and_an_erased_learner_is_none() {
    App::new(&SERVICE).on_each_database(|app| {
        let private = course_with(app, &json!({ "title": "A" }));
        let lesson = lesson(app, &module(app, &private, "First"), "Hello");
        publish(app, &private);
        student(app).get(&private).send().expect(404);
        Enrolment::of(&private, STUDENT).begin(app, 1);
        student(app).get(&private).send().expect(200);
        assert_eq!(says(&student(app), &lesson), "*Hello*");
        app.as_user(OTHER).with_role(Role::Student).get(&private).send().expect(404);
        let asked =
            json!({ "erasure_id": NOBODY, "user_id": STUDENT, "requested_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", asked)).unwrap();
        Enrolment::of(&private, STUDENT).begin(app, 2);
        completed(app, &private, &lesson, 1);
        student(app).get(&private).send().expect(404);
        let rows = app.run(|| {
            let text = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT user_id FROM learners_seen \
                        UNION ALL SELECT user_id FROM completed_seen) AS seen";
            lyceum_kit::sql::query_one::<(i64,)>(lyceum_kit::sql::statement(text, Vec::new())).unwrap()
        });
        assert_eq!(rows.0, 0);
    });
}
