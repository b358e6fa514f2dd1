//! What is refused before any backend is asked.

use std::collections::HashSet;

use lyceum_sql::{NewEvent, Publishes};
use uuid::Uuid;

use crate::body::{Body, Patch};
use crate::path::Path;
use crate::{Change, Collection, Context, Error, Event, Once, Write};

const NAME_BYTES: usize = 48;
const ID_BYTES: usize = 255;
/// How many documents one call gets.
const IDS: usize = 200;
const EVENTS: usize = 64;
const EVENT_BYTES: usize = 1024 * 1024;
const INDEXES: usize = 32;
const INDEX_FIELDS: usize = 4;

/// Of `lyceum:data/documents`; part of what ids are made of, so it never changes.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1b_2a54_93c7_5d0e_8a41_c2d7_5e90_b318);

/// The id of a document that is created under a `once` key without one: the UUIDv5 of collection, scope and key.
/// So a repeated creation finds what the first one made.
pub fn id_of_once(collection: &str, scope: &str, key: &str) -> String {
    Uuid::new_v5(&NAMESPACE, format!("{collection}\0{scope}\0{key}").as_bytes()).to_string()
}

/// A checked [`Write`].
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) collection: String,
    pub(crate) id: String,
    pub(crate) expected: Option<u64>,
    pub(crate) change: Prepare,
    pub(crate) events: Vec<Event>,
    /// The same events, checked.
    pub(crate) checked: Vec<NewEvent>,
    pub(crate) once: Option<Once>,
    pub(crate) context: Context,
}

/// A checked [`Change`].
#[derive(Debug)]
pub(crate) enum Prepare {
    Put(Body),
    Patch(Patch),
    /// Always with an expected version.
    Rewrite(Body),
    Delete,
}

impl Prepared {
    pub(crate) fn check(write: Write, publishes: &Publishes) -> Result<Self, Error> {
        let Write { collection, id, expected_version, change, events, once, context } = write;
        collection_name(&collection)?;
        if let Some(once) = &once {
            once.check()?;
        }
        let change = match change {
            Change::Put(body) => Prepare::Put(Body::parse(&body)?),
            Change::Patch(_) | Change::Delete if expected_version == Some(0) => {
                return Err(Error::Invalid("only a put may expect that there is no document".into()));
            }
            Change::Patch(patch) => Prepare::Patch(Patch::parse(&patch)?),
            Change::Rewrite(_) if expected_version.is_none_or(|version| version == 0) => {
                return Err(Error::Invalid("a rewrite is for the version that was read".into()));
            }
            Change::Rewrite(_) if !events.is_empty() || once.is_some() => {
                return Err(Error::Invalid("a rewrite has no events and no key".into()));
            }
            Change::Rewrite(body) => Prepare::Rewrite(Body::parse(&body)?),
            Change::Delete => Prepare::Delete,
        };
        let id = match (id, &change, &once) {
            (Some(id), ..) => id,
            (None, Prepare::Put(_), Some(once)) => id_of_once(&collection, &once.scope, &once.key),
            (None, Prepare::Put(_), None) => Uuid::now_v7().to_string(),
            (None, ..) => return Err(Error::Invalid("only a put may be without an id".into())),
        };
        document_id(&id)?;
        let events = events_of(events, &collection, &id)?;
        let checked =
            events.iter().map(|event| NewEvent::check(event.clone(), publishes)).collect::<Result<_, _>>()?;
        Ok(Self { collection, id, expected: expected_version, change, events, checked, once, context })
    }
}

/// Whether the write may be done to a document of this version; `None` if there is none.
pub(crate) fn expect(prepared: &Prepared, present: Option<u64>) -> Result<(), Error> {
    match (&prepared.change, prepared.expected, present) {
        (Prepare::Put(_), None, _) | (Prepare::Put(_), Some(0), None) => Ok(()),
        (_, _, None) => Err(Error::NotFound),
        (_, Some(expected), Some(present)) if expected != present => Err(Error::Expectation(present)),
        (_, _, Some(_)) => Ok(()),
    }
}

/// The events with this document as their aggregate.
fn events_of(mut events: Vec<Event>, collection: &str, id: &str) -> Result<Vec<Event>, Error> {
    if events.len() > EVENTS {
        return Err(Error::TooLarge(format!("more than {EVENTS} events")));
    }
    if events.iter().map(|event| event.data.len() + event.id.len()).sum::<usize>() > EVENT_BYTES {
        return Err(Error::TooLarge(format!("events of more than {EVENT_BYTES} bytes")));
    }
    let mut ids = HashSet::new();
    for event in &mut events {
        for (name, found, ours) in [
            ("aggregate-type", &mut event.aggregate_type, collection),
            ("aggregate-id", &mut event.aggregate_id, id),
        ] {
            if found.is_empty() {
                ours.clone_into(found);
            } else if found != ours {
                return Err(Error::Invalid(format!(
                    "event.{name} is {found:?}, but the aggregate of a document's event is the document: {ours:?}"
                )));
            }
        }
        if !ids.insert(event.id.clone()) {
            return Err(Error::Invalid(format!("the event id {:?} is used twice", event.id)));
        }
    }
    Ok(events)
}

pub(crate) fn collection_name(name: &str) -> Result<(), Error> {
    is_name(name).then_some(()).ok_or_else(|| {
        Error::Invalid(format!(
            "{name:?} is not a collection: its name has lower-case letters, digits and _, begins with a letter, and has \
             at most {NAME_BYTES} characters"
        ))
    })
}

pub(crate) fn document_id(id: &str) -> Result<(), Error> {
    if id.is_empty() || id.len() > ID_BYTES || id.chars().any(char::is_control) {
        return Err(Error::Invalid(format!(
            "a document's id has 1 to {ID_BYTES} bytes and no control characters"
        )));
    }
    Ok(())
}

pub(crate) fn document_ids(ids: &[String]) -> Result<(), Error> {
    if ids.len() > IDS {
        return Err(Error::TooLarge(format!("more than {IDS} documents")));
    }
    ids.iter().try_for_each(|id| document_id(id))
}

/// The paths of each index, if everything about the collections is right.
pub(crate) fn collections(collections: &[Collection]) -> Result<(), Error> {
    let mut names = HashSet::new();
    for collection in collections {
        collection_name(&collection.name)?;
        if collection.name.starts_with("lyceum_") || !names.insert(&collection.name) {
            return Err(Error::Invalid(format!(
                "the collection name {} is reserved or used twice",
                collection.name
            )));
        }
        if collection.indexes.len() > INDEXES {
            return Err(Error::Invalid(format!("{} has more than {INDEXES} indexes", collection.name)));
        }
        let mut indexes = HashSet::new();
        for index in &collection.indexes {
            let name = format!("{}.{}", collection.name, index.name);
            if !is_name(&index.name) || index.name.starts_with("lyceum_") || !indexes.insert(&index.name) {
                return Err(Error::Invalid(format!(
                    "the index name {name} is not right, reserved or used twice"
                )));
            }
            if index.fields.is_empty() || index.fields.len() > INDEX_FIELDS {
                return Err(Error::Invalid(format!("the index {name} has not 1 to {INDEX_FIELDS} fields")));
            }
            index.fields.iter().try_for_each(|field| Path::parse(field).map(|_| ()))?;
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= NAME_BYTES
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
