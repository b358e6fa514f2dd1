//! Whatever people do in whatever order, places and queue are as a simple model says.

use proptest::{collection::vec, prelude::*};

use super::*;

const PEOPLE: usize = 6;

#[derive(Clone, Copy, Debug)]
enum Step {
    Enrol(usize),
    Withdraw(usize),
    Capacity(Option<i64>),
    Tick,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..PEOPLE).prop_map(Step::Enrol),
        3 => (0..PEOPLE).prop_map(Step::Withdraw),
        1 => prop_oneof![(0_i64..5).prop_map(Some), Just(None)].prop_map(Step::Capacity),
        1 => Just(Step::Tick),
    ]
}

/// Who has a place, and who waits, the first one first.
#[derive(Default)]
struct Model {
    capacity: Option<usize>,
    placed: Vec<usize>,
    queue: Vec<usize>,
}

impl Model {
    fn fill(&mut self) {
        while !self.queue.is_empty() && self.capacity.is_none_or(|capacity| self.placed.len() < capacity) {
            self.placed.push(self.queue.remove(0));
        }
    }

    fn expected(&self, who: usize) -> Option<&'static str> {
        let placed = self.placed.contains(&who).then_some("confirmed");
        placed.or_else(|| self.queue.contains(&who).then_some("waitlisted"))
    }
}

fn holds(steps: &[Step]) {
    let app = &App::new(&SERVICE).sqlite();
    let (course, users) = (course(app), people::<PEOPLE>(app));
    let mut paths: Vec<Option<String>> = vec![None; PEOPLE];
    let mut model = Model { capacity: Some(2), ..Model::default() };
    set(app, course, &json!({ "capacity": 2, "waiting_list": true }));
    for step in steps {
        match *step {
            Step::Enrol(who) => {
                let answer = enrol(app, course, users[who]);
                if model.expected(who).is_some() {
                    answer.expect(409);
                } else {
                    paths[who] = Some(path_of(&answer.expect(201)));
                    model.queue.push(who);
                }
            }
            Step::Withdraw(who) => {
                if let Some(path) = &paths[who] {
                    let live = model.expected(who).is_some();
                    withdraw(app, path, users[who]).expect(if live { 204 } else { 409 });
                    model.placed.retain(|placed| *placed != who);
                    model.queue.retain(|waits| *waits != who);
                }
            }
            Step::Capacity(capacity) => {
                set(app, course, &json!({ "capacity": capacity, "waiting_list": true }));
                model.capacity = capacity.map(|capacity| usize::try_from(capacity).unwrap());
            }
            Step::Tick => app.tick("minute").unwrap(),
        }
        model.fill();
        let (placed, waiting) = (model.placed.len(), model.queue.len());
        let expected = (i64::try_from(placed).unwrap(), i64::try_from(waiting).unwrap());
        assert_eq!(counts(app, course), expected, "{step:?} of {steps:?}");
        for (who, path) in paths.iter().enumerate() {
            let found = path.as_ref().map(|path| status(app, path));
            let expected = model.expected(who).or_else(|| found.is_some().then_some("withdrawn"));
            assert_eq!(found.as_deref(), expected, "{who} after {step:?} of {steps:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn places_and_queue_are_as_a_simple_model_says(steps in vec(step(), 1..24)) {
        holds(&steps);
    }
}
