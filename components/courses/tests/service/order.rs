//! Whatever is added, moved and deleted, places have no gaps and nothing is lost; and a version stays as it was.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Add,
    Delete(usize),
    Move(usize, usize),
    Publish,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Add),
        1 => (0..9_usize).prop_map(Step::Delete),
        4 => (0..9_usize, 0..9_usize).prop_map(|(from, to)| Step::Move(from, to)),
        2 => Just(Step::Publish),
    ]
}

fn modules(app: &App, course: &str, query: &str) -> Vec<String> {
    in_order(&teacher(app).get(&format!("{course}/modules{query}")).send().expect(200))
}

fn run(app: &App, steps: &[Step]) {
    let [course, first, _] = small_course(app, "A");
    // The paths of the modules, and their titles, as they should be.
    let mut model = vec![(first, "First".to_owned())];
    let mut versions: Vec<Vec<String>> = Vec::new();
    let mut changed = true;
    for (at, step) in steps.iter().enumerate() {
        match *step {
            Step::Add => {
                let title = format!("m{at}");
                model.push((module(app, &course, &title), title));
                changed = true;
            }
            // The first one has the lesson without which nothing is published.
            Step::Delete(which) => {
                let which = which % model.len();
                if model[which].1 != "First" {
                    teacher(app).delete(&model.remove(which).0).send().expect(204);
                    changed = true;
                }
            }
            Step::Move(from, to) => {
                let (from, to) = (from % model.len(), to % model.len());
                let path = format!("{}/move", model[from].0);
                teacher(app).post(&path).json(&json!({ "order_index": to })).send().expect(200);
                let moved = model.remove(from);
                model.insert(to, moved);
                changed |= from != to;
            }
            Step::Publish => {
                let answer = teacher(app).post(&format!("{course}/publish")).send();
                let answer = answer.expect(if changed { 200 } else { 409 });
                if changed {
                    versions.push(model.iter().map(|(_, title)| title.clone()).collect());
                    assert_eq!(answer.json()["published_version"], json!(versions.len()));
                }
                changed = false;
            }
        }
        let titles: Vec<String> = model.iter().map(|(_, title)| title.clone()).collect();
        assert_eq!(modules(app, &course, ""), titles);
        for (version, titles) in versions.iter().enumerate() {
            assert_eq!(modules(app, &course, &format!("?version={}", version + 1)), *titles);
        }
    }
}

/// Lessons of two modules: added, deleted, and moved within their module and to the other one.
#[derive(Clone, Copy, Debug)]
enum LessonStep {
    Add(usize),
    Delete(usize, usize),
    Move(usize, usize, usize, usize),
}

fn lesson_step() -> impl Strategy<Value = LessonStep> {
    prop_oneof![
        2 => (0..2_usize).prop_map(LessonStep::Add),
        1 => (0..2_usize, 0..9_usize).prop_map(|(module, at)| LessonStep::Delete(module, at)),
        4 => (0..2_usize, 0..9_usize, 0..2_usize, 0..9_usize)
            .prop_map(|(from, at, to, place)| LessonStep::Move(from, at, to, place)),
    ]
}

fn run_lessons(app: &App, steps: &[LessonStep]) {
    let course = course(app, "A");
    let modules = ["First", "Second"].map(|title| module(app, &course, title));
    let mut model: [Vec<String>; 2] = [Vec::new(), Vec::new()];
    let path = |module: usize, title: &str| {
        let list = teacher(app).get(&format!("{}/lessons", modules[module])).send().expect(200).json();
        let items = list["items"].as_array().unwrap().clone();
        let found = items.iter().find(|item| item["title"] == title).unwrap();
        format!("{}/lessons/{}", modules[module], found["id"].as_str().unwrap())
    };
    for (number, step) in steps.iter().enumerate() {
        match *step {
            LessonStep::Add(module) => {
                lesson(app, &modules[module], &format!("l{number}"));
                model[module].push(format!("l{number}"));
            }
            LessonStep::Delete(module, at) if !model[module].is_empty() => {
                let at = at % model[module].len();
                teacher(app).delete(&path(module, &model[module][at])).send().expect(204);
                model[module].remove(at);
            }
            LessonStep::Move(from, at, to, place) if !model[from].is_empty() => {
                let at = at % model[from].len();
                let body = json!({ "order_index": place, "module_id": id_of(&modules[to]) });
                let here = path(from, &model[from][at]);
                teacher(app).post(&format!("{here}/move")).json(&body).send().expect(200);
                let moved = model[from].remove(at);
                let place = place.min(model[to].len());
                model[to].insert(place, moved);
            }
            LessonStep::Delete(..) | LessonStep::Move(..) => {}
        }
        for (module, titles) in modules.iter().zip(&model) {
            assert_eq!(in_order(&teacher(app).get(&format!("{module}/lessons")).send().expect(200)), *titles);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_places_have_no_gaps_and_versions_stay(steps in proptest::collection::vec(step(), 1..16)) {
        run(&App::new(&SERVICE).sqlite(), &steps);
    }

    #[test]
    fn whatever_is_moved_places_of_lessons_have_no_gaps(steps in proptest::collection::vec(lesson_step(), 1..16)) {
        run_lessons(&App::new(&SERVICE).sqlite(), &steps);
    }
}

#[test]
fn places_have_no_gaps_and_versions_stay_on_each_database() {
    let steps = [
        Step::Add,
        Step::Add,
        Step::Publish,
        Step::Move(0, 2),
        Step::Publish,
        Step::Delete(0),
        Step::Publish,
        Step::Publish,
        Step::Add,
        Step::Move(2, 0),
    ];
    App::new(&SERVICE).on_each_database(|app| run(app, &steps));
}
