//! The queue for a book under whatever happens.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::holds::{HOLDS, move_to, waiting};
use super::*;

const READERS: usize = 5;
const COPIES: usize = 2;

/// What may happen to a queue.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Place(usize),
    Cancel(usize),
    Move(usize, usize),
    Lend(usize, usize),
    Return(usize),
    /// The day after what is kept would have to be fetched.
    Expire,
}

fn operation() -> impl Strategy<Value = Operation> {
    let (reader, copy) = (0..READERS, 0..COPIES);
    prop_oneof![
        3 => reader.clone().prop_map(Operation::Place),
        1 => reader.clone().prop_map(Operation::Cancel),
        2 => (reader.clone(), 1..=READERS).prop_map(|(reader, place)| Operation::Move(reader, place)),
        3 => (copy.clone(), reader).prop_map(|(copy, reader)| Operation::Lend(copy, reader)),
        3 => copy.prop_map(Operation::Return),
        1 => Just(Operation::Expire),
    ]
}

/// The same queue by the rules as they are told, in lists.
#[derive(Debug, Default)]
struct Model {
    waiting: Vec<usize>,
    /// For whom each copy is kept, and who has it.
    kept: [Option<usize>; COPIES],
    lent: [Option<usize>; COPIES],
}

impl Model {
    fn hand_out(&mut self, copy: usize) {
        if !self.waiting.is_empty() {
            self.kept[copy] = Some(self.waiting.remove(0));
        }
    }

    fn forget(&mut self, reader: usize) -> Option<usize> {
        self.waiting.retain(|other| *other != reader);
        let copy = self.kept.iter().position(|kept| *kept == Some(reader))?;
        self.kept[copy] = None;
        Some(copy)
    }

    /// The status that the operation is answered with, after it is done here.
    fn does(&mut self, operation: Operation) -> u16 {
        let holds = |model: &Self, reader: usize| {
            model.waiting.contains(&reader) || model.kept.contains(&Some(reader))
        };
        match operation {
            Operation::Place(reader) if holds(self, reader) || self.lent.contains(&Some(reader)) => 409,
            Operation::Place(reader) => {
                let free = (0..COPIES).find(|copy| self.kept[*copy].is_none() && self.lent[*copy].is_none());
                match free.filter(|_| self.waiting.is_empty()) {
                    Some(copy) => self.kept[copy] = Some(reader),
                    None => self.waiting.push(reader),
                }
                201
            }
            Operation::Cancel(reader) if !holds(self, reader) => 404,
            Operation::Cancel(reader) => {
                if let Some(copy) = self.forget(reader) {
                    self.hand_out(copy);
                }
                204
            }
            Operation::Move(reader, place) => {
                let Some(at) = self.waiting.iter().position(|other| *other == reader) else { return 404 };
                if place > self.waiting.len() {
                    return 422;
                }
                let reader = self.waiting.remove(at);
                self.waiting.insert(place - 1, reader);
                200
            }
            Operation::Lend(copy, _) if self.lent[copy].is_some() => 409,
            Operation::Lend(copy, reader) if self.kept[copy].is_some_and(|kept| kept != reader) => 409,
            Operation::Lend(copy, reader) => {
                let left = self.forget(reader);
                self.lent[copy] = Some(reader);
                if let Some(left) = left.filter(|left| *left != copy) {
                    self.hand_out(left);
                }
                201
            }
            Operation::Return(copy) => {
                if self.lent[copy].take().is_none() {
                    return 404;
                }
                self.hand_out(copy);
                200
            }
            Operation::Expire => {
                let expired: Vec<usize> = (0..COPIES).filter(|copy| self.kept[*copy].is_some()).collect();
                for copy in &expired {
                    self.kept[*copy] = None;
                    self.hand_out(*copy);
                }
                for copy in 0..COPIES {
                    if self.kept[copy].is_none() && self.lent[copy].is_none() {
                        self.hand_out(copy);
                    }
                }
                0
            }
        }
    }
}

struct Scene<'a> {
    app: &'a App,
    book: Uuid,
    copies: Vec<Copy>,
    readers: Vec<Reader>,
    now: Timestamp,
}

impl Scene<'_> {
    fn one_hold(&self, reader: usize, states: &[&str]) -> Option<String> {
        let query = format!("{HOLDS}?book_id={}&reader_id={}", self.book, self.readers[reader].id);
        let list = librarian(self.app).get(&query).send().expect(200).json();
        let holds = list["items"].as_array().unwrap();
        let active = holds.iter().find(|hold| states.contains(&hold["state"].as_str().unwrap()))?;
        Some(format!("{HOLDS}/{}", active["id"].as_str().unwrap()))
    }

    fn does(&mut self, operation: Operation) -> u16 {
        let app = self.app;
        match operation {
            Operation::Place(reader) => place(app, self.book, &self.readers[reader]).status(),
            Operation::Cancel(reader) => self
                .one_hold(reader, &["waiting", "ready"])
                .map_or(404, |path| librarian(app).delete(&path).send().status()),
            Operation::Move(reader, place) => {
                self.one_hold(reader, &["waiting"]).map_or(404, |path| move_to(app, &path, place).status())
            }
            Operation::Lend(copy, reader) => lend(app, self.copies[copy], &self.readers[reader]).status(),
            Operation::Return(copy) => {
                let query = format!("{PATH}?item_id={}&returned=false", self.copies[copy].item);
                let list = librarian(app).get(&query).send().expect(200).json();
                list["items"][0]["id"]
                    .as_str()
                    .map_or(404, |id| give_back(app, &format!("{PATH}/{id}")).status())
            }
            Operation::Expire => {
                self.now = self.now.plus(std::time::Duration::from_hours(8 * 24));
                app.stop_clock(self.now);
                for _ in 0..=COPIES {
                    app.tick("minute").unwrap();
                }
                0
            }
        }
    }

    /// For whom each copy is kept.
    fn kept(&self) -> [Option<usize>; COPIES] {
        let query = format!("{HOLDS}?book_id={}&state=ready", self.book);
        let ready = librarian(self.app).get(&query).send().expect(200).json();
        let ready = ready["items"].as_array().unwrap().clone();
        let mut kept = [None; COPIES];
        for hold in &ready {
            let copy = self.copies.iter().position(|copy| hold["item_id"] == json!(copy.item)).unwrap();
            kept[copy] = self.readers.iter().position(|reader| hold["reader_id"] == json!(reader.id));
        }
        assert_eq!(kept.iter().flatten().count(), ready.len(), "a copy is kept for one");
        kept
    }

    fn is_as(&self, model: &mut Model, after: Operation) {
        let ids = model.waiting.iter().map(|reader| json!(self.readers[*reader].id));
        assert_eq!(waiting(self.app, self.book), ids.collect::<Vec<_>>());
        let kept = self.kept();
        if matches!(after, Operation::Expire | Operation::Place(_)) {
            // Of several free copies it is not said which one is kept, or who gets which.
            let all = |kept: [Option<usize>; COPIES]| kept.into_iter().flatten().collect::<BTreeSet<_>>();
            assert_eq!(all(kept), all(model.kept));
            assert!((0..COPIES).all(|copy| kept[copy].is_none() || model.lent[copy].is_none()));
            model.kept = kept;
        }
        assert_eq!(kept, model.kept);
    }
}

/// Nobody is blocked for being late or having many, so that the queue alone decides.
fn generous(app: &App) {
    let change = json!({ "max_lendings": 1000, "blocked_while_overdue": false, "loan_days": 3000 });
    let rule = "/api/v1/circulation-rules/00000000-0000-7000-8000-000000000001";
    librarian(app).patch(rule).if_match("\"1\"").json(&change).send().expect(200);
}

#[test]
fn a_queue_is_as_its_rules_say_whatever_happens() {
    App::new(&SERVICE).on_each_database(|app| {
        generous(app);
        let mut runner =
            TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
        let done = runner.run(&prop::collection::vec(operation(), 1..24), |operations| {
            at(app, FIRST_DAY);
            let new = ids::new();
            book(app, new);
            let copies = (0..COPIES).map(|_| copy_of(app, new, &Value::Null)).collect();
            let readers = (0..READERS).map(|_| reader(app)).collect();
            let mut scene = Scene { app, book: new, copies, readers, now: now() };
            let mut model = Model::default();
            for operation in operations {
                assert_eq!(scene.does(operation), model.does(operation), "{operation:?} with {model:?}");
                scene.is_as(&mut model, operation);
            }
            Ok(())
        });
        done.unwrap();
    });
}
