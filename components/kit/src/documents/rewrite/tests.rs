//! On a store that is a map, which ends when it is told to.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use serde_json::{Value, json};

use super::*;
use crate::{
    context::Context,
    documents::BodyMigration,
    host::{Host, Installed, install},
};

#[derive(Debug, serde::Deserialize)]
struct Text {
    count: String,
}

#[derive(Debug, serde::Deserialize, serde::Serialize)]
struct Number {
    count: i64,
}

impl TryFrom<Text> for Number {
    type Error = std::num::ParseIntError;

    fn try_from(old: Text) -> Result<Self, Self::Error> {
        Ok(Self { count: old.count.parse()? })
    }
}

static THINGS: Collection<Number> =
    Collection::new("things").migrated(&[BodyMigration::new::<Text, Number>("0001-number", &["count"])]);

/// Bodies and versions by id.
#[derive(Debug, Default)]
struct Map {
    documents: RefCell<BTreeMap<String, (u64, String)>>,
    /// So many writes succeed.
    writes: RefCell<usize>,
    /// Written by somebody else after it was read.
    changed_meanwhile: RefCell<Option<String>>,
}

impl host::Documents for Map {
    fn get(&self, _: &str, _: &[String]) -> Result<Vec<Option<host::Document>>, host::Error> {
        Err(host::Error::NotFound)
    }

    fn find(&self, query: &host::Query) -> Result<host::Page, host::Error> {
        let mut all: Vec<_> = self
            .documents
            .borrow()
            .iter()
            .map(|(id, (version, body))| {
                let schema = serde_json::from_str::<Value>(body).unwrap()[SCHEMA_VERSION].as_u64();
                (schema, host::Document { id: id.clone(), version: *version, body: body.clone() })
            })
            .collect();
        all.sort_by_key(|(schema, document)| (*schema, document.id.clone()));
        let key = |(schema, document): &(Option<u64>, host::Document)| format!("{schema:?} {}", document.id);
        let limit = query.limit.unwrap() as usize;
        let mut rest: Vec<_> = match &query.cursor {
            None => all,
            Some(cursor) => all.into_iter().skip_while(|entry| key(entry) <= *cursor).collect(),
        };
        let next = (rest.len() > limit).then(|| key(&rest[limit - 1]));
        rest.truncate(limit);
        Ok(host::Page { documents: rest.into_iter().map(|(_, document)| document).collect(), next })
    }

    fn write(&self, write: &host::Modification) -> Result<host::Outcome, host::Error> {
        let host::Change::Rewrite(body) = &write.change else { return Err(host::Error::NotFound) };
        if *self.writes.borrow() == 0 {
            return Err(host::Error::Unavailable("killed".into()));
        }
        *self.writes.borrow_mut() -= 1;
        let id = write.id.clone().unwrap();
        let mut documents = self.documents.borrow_mut();
        let (version, present) = documents.get_mut(&id).unwrap();
        if self.changed_meanwhile.borrow_mut().take_if(|changed| *changed == id).is_some() {
            (*version, *present) = (*version + 1, json!({ "count": "77" }).to_string());
        }
        if write.expected_version != Some(*version) {
            return Err(host::Error::Expectation(*version));
        }
        present.clone_from(body);
        Ok(host::Outcome::Done(host::Written { id, version: *version, body: None }))
    }

    fn recall(&self, _: &str, _: &str, _: &str, _: &str) -> Result<Option<host::Remembered>, host::Error> {
        Ok(None)
    }
}

/// Old bodies with these ids; that of `wrong` can't be migrated.
fn store(count: usize, wrong: &[usize]) -> (Rc<Map>, Installed) {
    let body = |number| if wrong.contains(&number) { json!("many") } else { json!(number.to_string()) };
    let documents =
        (0..count).map(|number| (format!("{number:04}"), (7, json!({ "count": body(number) }).to_string())));
    let map = Rc::new(Map {
        documents: RefCell::new(documents.collect()),
        writes: RefCell::new(usize::MAX),
        ..Map::default()
    });
    let installed = install(Host { documents: Some(Rc::clone(&map) as _), ..Host::default() });
    (map, installed)
}

fn go() -> Result<Rewritten, EventError> {
    THINGS.rewrite_outdated(&WithoutOnce::new(&Context::default()))
}

#[test]
fn a_go_that_was_killed_is_taken_up_where_it_ended_and_nothing_is_done_twice() {
    let (map, _installed) = store(250, &[]);
    *map.writes.borrow_mut() = 130;
    assert!(matches!(go(), Err(EventError::Unavailable(_))));
    assert_eq!(THINGS.is_caught_up(), Ok(false));
    *map.writes.borrow_mut() = 120;
    assert_eq!(go(), Ok(Rewritten { done: 120, failed: 0 }));
    assert_eq!(THINGS.is_caught_up(), Ok(true));
    assert_eq!(go(), Ok(Rewritten::default()));
    for (number, (version, body)) in map.documents.borrow().values().enumerate() {
        assert_eq!(
            (*version, body.clone()),
            (7, json!({ "_schema_version": 1, "count": number }).to_string())
        );
    }
}

#[test]
fn bodies_that_cannot_be_migrated_hold_no_other_up() {
    let wrong: Vec<_> = (0..150).collect();
    let (map, _installed) = store(160, &wrong);
    for done in [10, 0] {
        assert_eq!(go(), Ok(Rewritten { done, failed: 150 }));
    }
    assert_eq!(THINGS.is_caught_up(), Ok(false));
    assert!(map.documents.borrow()["0003"].1.contains("many"));
}

#[test]
fn a_document_that_is_changed_meanwhile_is_left_alone_and_comes_again() {
    let (map, _installed) = store(3, &[]);
    *map.changed_meanwhile.borrow_mut() = Some("0001".into());
    assert_eq!(go(), Ok(Rewritten { done: 2, failed: 0 }));
    assert_eq!(map.documents.borrow()["0001"], (8, json!({ "count": "77" }).to_string()));
    assert_eq!(go(), Ok(Rewritten { done: 1, failed: 0 }));
}
