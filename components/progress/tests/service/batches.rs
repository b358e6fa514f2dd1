//! What a device did while it was offline.

use lyceum_kit::clock::Timestamp;
use proptest::prelude::*;

use super::*;

fn batches() -> String {
    format!("{PATH}/users/{STUDENT}/batches")
}

fn send(app: &App, updates: &[Value]) -> Value {
    student(app).post(&batches()).json(&json!({ "updates": updates })).send().expect(200).json()
}

#[test]
fn a_batch_is_merged_and_what_cant_be_is_named() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (course, lesson) = (scene.course.id, scene.modules[0].1[0]);
        let update = |lesson: Uuid, percent: u8| {
            json!({ "course_id": course, "lesson_id": lesson, "percent_complete": percent, "device_id": "a" })
        };
        let elsewhere = json!({ "course_id": NOBODY, "lesson_id": lesson, "percent_complete": 5 });
        let answer = send(app, &[update(lesson, 20), update(ids::new(), 5), elsewhere, update(lesson, 10)]);
        let codes: Vec<Value> =
            answer["results"].as_array().unwrap().iter().map(|result| result["error_code"].clone()).collect();
        assert_eq!(codes, [Value::Null, json!("UNKNOWN_LESSON"), json!("NOT_ENROLLED"), Value::Null]);
        assert_eq!(answer["lessons"][0]["percent_complete"], 20.0);
        assert_eq!(count(app, "ProgressUpdated"), 1);
        let wrong = json!({ "updates": [update(lesson, 1), update(lesson, 101)] });
        student(app).post(&batches()).json(&json!({ "updates": [] })).send().expect(422);
        teacher(app).post(&batches()).json(&wrong).send().expect(404);
        admin(app).post(&batches()).json(&json!({ "updates": [update(lesson, 30)] })).send().expect(200);
    });
}

#[test]
fn an_update_that_is_wrong_is_named_and_holds_no_other_up() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (course, lesson) = (scene.course.id, scene.modules[0].1[0]);
        let with = |more: Value| {
            let mut update = json!({ "course_id": course, "lesson_id": lesson });
            update.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            update
        };
        let updates = [
            with(json!({ "percent_complete": 101 })),
            with(json!({ "percent_complete": 40, "occurred_at": "9999-12-31T23:59:59Z" })),
            with(json!({ "status": "done", "time_spent": -1 })),
            json!({ "lesson_id": lesson, "percent_complete": 5 }),
            json!([]),
            with(json!({})),
            with(json!({ "percent_complete": 30 })),
        ];
        let answer = send(app, &updates);
        let of = |at: usize| &answer["results"][at];
        let pointers = ["/percent_complete", "/occurred_at", "/status", "/course_id", "", ""];
        for (at, pointer) in pointers.into_iter().enumerate() {
            assert_eq!(of(at)["error_code"], "VALIDATION_FAILED", "{at}: {answer}");
            assert_eq!(of(at)["errors"][0]["pointer"], pointer, "{at}: {answer}");
        }
        let said = of(1)["errors"][0]["message"].as_str().unwrap();
        assert!(said.contains("before 9999-12-30"), "{said}");
        assert_eq!(of(3).get("course_id"), None);
        assert_eq!((&of(6)["merged"], of(6).get("errors")), (&json!(true), None));
        assert_eq!(student(app).get(&scene.lesson(0)).send().expect(200).json()["percent_complete"], 30.0);
    });
}

#[test]
fn what_a_wrong_clock_dates_before_the_enrolment_counts_as_done_when_that_began() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let early = json!({ "percent_complete": 10, "occurred_at": "0001-01-01T00:00:00Z" });
        student(app).put(&scene.lesson(0)).json(&early).send().expect(200);
        let shown = student(app).get(&scene.lesson(0)).send().expect(200).json();
        assert_eq!((&shown["started_at"], &shown["last_activity_at"]), (&json!(ENROLLED), &json!(ENROLLED)));
    });
}

#[test]
fn a_batch_over_two_courses_completes_both_in_one_go() {
    App::new(&SERVICE).on_each_database(|app| {
        let scene = scene(app);
        let (mut other, lesson) = (Course::new(), ids::new());
        other.publish(app, 1, &modules_of(&[(ids::new(), vec![lesson])]));
        app.deliver(&Enrollment::new(&other, STUDENT).enrolled(1, [None, None])).unwrap();
        let own =
            scene.modules.iter().flat_map(|(_, lessons)| lessons).map(|lesson| (scene.course.id, *lesson));
        let updates: Vec<Value> = own
            .chain([(other.id, lesson)])
            .map(
                |(course, lesson)| json!({ "course_id": course, "lesson_id": lesson, "status": "completed" }),
            )
            .collect();
        send(app, &updates);
        send(app, &updates);
        assert_eq!((count(app, "LessonCompleted"), count(app, "CourseCompleted")), (5, 2));
    });
}

/// What is said of one of the four lessons.
fn update() -> impl Strategy<Value = (usize, Value)> {
    let said = (0..4_usize, 0..120_i64, 0..=100_u8, prop::option::of(0..90_i64), prop::option::of(0..9_i64));
    (said, "[ab]").prop_map(|((lesson, second, percent, time, position), device)| {
        let at = Timestamp::from_micros(1_767_600_000_000_000 + second * 1_000_000);
        let said = json!({
            "percent_complete": percent, "time_spent": time, "last_position": position, "occurred_at": at,
            "device_id": device,
        });
        (lesson, said)
    })
}

/// Updates; and the same in any order, some of them again, in batches.
#[allow(clippy::type_complexity, reason = "it is what it is")]
fn told() -> impl Strategy<Value = (Vec<(usize, Value)>, Vec<Vec<(usize, Value)>>)> {
    prop::collection::vec(update(), 1..10).prop_flat_map(|updates| {
        let again = prop::sample::subsequence(updates.clone(), 0..=updates.len());
        (Just(updates), again, 1..4_usize).prop_flat_map(|(updates, again, size)| {
            let all: Vec<_> = updates.iter().cloned().chain(again).collect();
            let told = Just(all).prop_shuffle();
            (Just(updates), told.prop_map(move |all| all.chunks(size).map(<[_]>::to_vec).collect()))
        })
    })
}

/// All lessons and the course, as they are after these batches.
fn state_after(app: &App, batches: &[Vec<(usize, Value)>]) -> Vec<Value> {
    let scene = scene(app);
    for batch in batches {
        let updates: Vec<Value> = batch
            .iter()
            .map(|(lesson, said)| {
                let mut update = said.clone();
                update["course_id"] = json!(scene.course.id);
                update["lesson_id"] = json!(scene.modules[lesson / 2].1[lesson % 2]);
                update
            })
            .collect();
        send(app, &updates);
    }
    let mut shown: Vec<Value> =
        (0..4).map(|lesson| student(app).get(&scene.lesson(lesson)).send().expect(200).json()).collect();
    shown.push(scene.course(app));
    for one in &mut shown {
        for id in ["course_id", "module_id", "lesson_id", "enrollment_id"] {
            one.as_object_mut().unwrap().remove(id);
        }
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_late_twice_and_out_of_order_come_to_the_same((updates, told) in told()) {
        let once = state_after(&App::new(&SERVICE).sqlite(), &[updates]);
        let otherwise = state_after(&App::new(&SERVICE).sqlite(), &told);
        prop_assert_eq!(once, otherwise);
    }
}
