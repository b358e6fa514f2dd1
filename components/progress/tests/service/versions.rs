//! Whatever is published, learned and moved: nothing falls, nothing is above 100, and what is completed stays so.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    /// The next version has these lessons, of eight.
    Publish(Vec<usize>),
    Learn(usize, u8),
    /// To a version that there is.
    Move(usize),
    /// The enrolment ends, and another one begins.
    Again(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => prop::sample::subsequence((0..8).collect::<Vec<usize>>(), 1..=8).prop_map(Step::Publish),
        6 => (0..8_usize, 0..=100_u8).prop_map(|(lesson, percent)| Step::Learn(lesson, percent.saturating_mul(2).min(100))),
        2 => (0..8_usize).prop_map(Step::Move),
        1 => (0..8_usize).prop_map(Step::Again),
    ]
}

fn run(app: &App, steps: &[Step]) {
    at(app, NOW);
    let (mut course, module) = (Course::new(), ids::new());
    let lessons: Vec<Uuid> = (0..8).map(|_| ids::new()).collect();
    let mut versions: i64 = 1;
    course.publish(app, 1, &modules_of(&[(module, lessons[..2].to_vec())]));
    let mut enrollment = Enrollment::new(&course, STUDENT);
    app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
    let path = format!("{PATH}/users/me/courses/{}", course.id);
    let (mut reached, mut completed) = (0.0, false);
    for step in steps {
        match step {
            Step::Publish(which) => {
                versions += 1;
                let which = which.iter().map(|lesson| lessons[*lesson]).collect();
                course.publish(app, versions, &modules_of(&[(module, which)]));
            }
            Step::Learn(lesson, percent) => {
                let lesson = format!("{path}/modules/{module}/lessons/{}", lessons[*lesson]);
                let answer = student(app).put(&lesson).json(&json!({ "percent_complete": percent })).send();
                // The version may not have it.
                assert!([200, 404].contains(&answer.status()), "{answer:?}");
            }
            Step::Move(version) => {
                let version = i64::try_from(*version).unwrap() % versions + 1;
                app.deliver(&enrollment.moved(version)).unwrap();
            }
            Step::Again(version) => {
                app.deliver(&enrollment.ended()).unwrap();
                enrollment = Enrollment::new(&course, STUDENT);
                let version = i64::try_from(*version).unwrap() % versions + 1;
                app.deliver(&enrollment.enrolled(version, [None, None])).unwrap();
                // Another enrolment is judged by itself.
                (reached, completed) = (0.0, false);
            }
        }
        let shown = student(app).get(&path).send().expect(200).json();
        let percent = shown["percent_complete"].as_f64().unwrap();
        assert!((reached..=100.0).contains(&percent), "{percent} after {reached}: {shown}");
        let is_completed = shown["status"] == "completed";
        assert!(is_completed || !completed, "{shown}");
        assert!(!is_completed || percent >= 100.0, "{shown}");
        assert!(shown["completed_lessons"].as_i64() <= shown["total_lessons"].as_i64(), "{shown}");
        (reached, completed) = (percent, is_completed);
        let list = student(app).get(&format!("{PATH}/users/me/courses?limit=1")).send().expect(200).json();
        assert_eq!(list["items"][0], shown);
    }
    let told = app.events_of("lyceum.progress.CourseCompleted.v1");
    let mut enrollments: Vec<String> =
        told.iter().map(|event| event.data["enrollment_id"].to_string()).collect();
    enrollments.sort();
    let all = enrollments.len();
    enrollments.dedup();
    assert_eq!(enrollments.len(), all, "a course is completed once for an enrolment");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_published_learned_and_moved_nothing_is_lost(steps in prop::collection::vec(step(), 1..20)) {
        run(&App::new(&SERVICE).sqlite(), &steps);
    }
}

#[test]
fn a_learner_who_is_moved_loses_nothing_on_each_database() {
    let steps = [
        Step::Learn(0, 100),
        Step::Publish((0..8).collect()),
        Step::Move(1),
        Step::Learn(5, 50),
        Step::Move(0),
        Step::Learn(1, 100),
        Step::Move(1),
        Step::Again(1),
        Step::Publish(vec![0]),
        Step::Move(2),
    ];
    App::new(&SERVICE).on_each_database(|app| run(app, &steps));
}
