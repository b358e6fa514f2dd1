//! Copying a service's documents while they are in use, and putting a copy in its place.
//!
//! A copy is a folder: `collections.json` says what was declared, and `COLLECTION.bson` has the collection's documents
//! as they are stored, one behind the other. Each has its outbox, its keys and its counter in it, so each agrees with
//! itself; but they are read one after the other, so a later one may be newer.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use mongodb::bson::{Bson, Document, doc};

use super::MongodbDocuments;
use super::ask::{Failure, ask, insist};
use super::schema;
use super::stored::Stored;
use super::write::unsigned;
use crate::{Collection, Error, Index};

const COLLECTIONS: &str = "collections.json";
/// Documents read at once, and written at once, and how long that may take.
const PAGE: i64 = 200;
const TOGETHER: usize = 200;
const TIMEOUT: Duration = Duration::from_mins(1);

/// Names of indexes and their fields, by collection.
type Declared = BTreeMap<String, BTreeMap<String, Vec<String>>>;

impl MongodbDocuments {
    /// Copies all documents into a folder that exists, and returns the names of the files and how many documents they
    /// hold.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the server is, or the folder can't be written to.
    pub async fn copy(&self, folder: &Path) -> Result<(Vec<String>, u64), Error> {
        let declared = schema::declared(&self.shared, Instant::now() + TIMEOUT).await?;
        let mut files = vec![COLLECTIONS.to_owned()];
        let text = serde_json::to_vec_pretty(&declared).map_err(|error| unusable(&error))?;
        std::fs::write(folder.join(COLLECTIONS), text).map_err(|error| unusable(&error))?;
        let mut count = 0;
        for collection in declared.keys() {
            let name = file_of(collection);
            count += self.copy_collection(collection, &folder.join(&name)).await?;
            files.push(name);
        }
        Ok((files, count))
    }

    async fn copy_collection(&self, name: &str, file: &Path) -> Result<u64, Error> {
        let mut file = BufWriter::new(File::create(file).map_err(|error| unusable(&error))?);
        let collection = self.shared.collection(name);
        let (mut last, mut count) = (String::new(), 0);
        loop {
            // By id: whatever changes meanwhile, each that was there at the start is read once.
            let read = || async {
                let next = collection.find(doc! { "_id": { "$gt": &last } }).sort(doc! { "_id": 1 });
                next.limit(PAGE).await?.try_collect::<Vec<Document>>().await
            };
            let page = insist(Instant::now() + TIMEOUT, read).await?;
            for document in &page {
                document.to_writer(&mut file).map_err(|error| unusable(&error))?;
            }
            count += page.len() as u64;
            match page.last().and_then(|document| document.get_str("_id").ok()) {
                Some(id) => id.clone_into(&mut last),
                None => break,
            }
        }
        file.flush().map_err(|error| unusable(&error))?;
        Ok(count)
    }

    /// What is there already, if anything is.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the server is.
    pub async fn occupied(&self) -> Result<Option<String>, Error> {
        let database = &self.shared.database;
        let names = async || database.list_collection_names().await;
        let found = insist(Instant::now() + TIMEOUT, names).await?;
        Ok((!found.is_empty()).then(|| format!("collections in the database {:?}", database.name())))
    }

    /// Puts a copy into the empty database. Keys expire later by `passed` microseconds.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the server is, or the copy can't be read.
    pub async fn restore(&self, folder: &Path, passed: i64) -> Result<u64, Error> {
        let text = std::fs::read(folder.join(COLLECTIONS)).map_err(|error| unusable(&error))?;
        let declared: Declared = serde_json::from_slice(&text).map_err(|error| unusable(&error))?;
        let collections: Vec<Collection> = declared.into_iter().map(collection).collect();
        schema::migrate(&self.shared, &collections).await?;
        let mut count = 0;
        for Collection { name, .. } in &collections {
            let target = self.shared.collection(name);
            let mut copies = Copies::open(&folder.join(file_of(name)))?;
            loop {
                let some = copies.by_ref().take(TOGETHER).collect::<Result<Vec<_>, _>>()?;
                if some.is_empty() {
                    break;
                }
                let some: Vec<Document> = some.into_iter().map(|copy| postponed(copy, passed)).collect();
                let inserted = ask(Instant::now() + TIMEOUT, async { target.insert_many(&some).await }).await;
                inserted.map_err(Failure::into_error)?;
                count += some.len() as u64;
            }
        }
        Ok(count)
    }
}

/// What a copy says of events.
#[derive(Clone, Debug, Default)]
pub struct EventsOfCopy {
    /// The number of the last event of each aggregate that was asked for, which is a collection and an id.
    pub last: HashMap<(String, String), u64>,
    /// The ids of the events that wait in an outbox.
    pub waiting: HashSet<String>,
}

/// Reads what a copy says of events, and of these aggregates.
///
/// # Errors
/// [`Error::Unavailable`] if it can't be read.
pub fn events_of_copy(folder: &Path, aggregates: &[(String, String)]) -> Result<EventsOfCopy, Error> {
    let wanted: HashSet<&(String, String)> = aggregates.iter().collect();
    let text = std::fs::read(folder.join(COLLECTIONS)).map_err(|error| unusable(&error))?;
    let declared: Declared = serde_json::from_slice(&text).map_err(|error| unusable(&error))?;
    let mut events = EventsOfCopy::default();
    for name in declared.keys() {
        for copy in Copies::open(&folder.join(file_of(name)))? {
            let stored = Stored::read(&copy?)?;
            events.waiting.extend(stored.outbox.into_iter().map(|event| event.id));
            let aggregate = (name.clone(), stored.id);
            if wanted.contains(&aggregate) {
                events.last.insert(aggregate, unsigned(stored.sequence));
            }
        }
    }
    Ok(events)
}

/// The documents in a file, one after the other.
struct Copies(BufReader<File>);

impl Copies {
    fn open(file: &Path) -> Result<Self, Error> {
        File::open(file).map(|file| Self(BufReader::new(file))).map_err(|error| unusable(&error))
    }
}

impl Iterator for Copies {
    type Item = Result<Document, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(Document::from_reader(&mut self.0).map_err(|error| unusable(&error))),
            Err(error) => Some(Err(unusable(&error))),
        }
    }
}

/// A document whose keys expire later.
fn postponed(mut document: Document, passed: i64) -> Document {
    let hidden = document.get_document_mut("_lyceum");
    if let Ok(keys) = hidden.and_then(|hidden| hidden.get_array_mut("once")) {
        for key in keys.iter_mut().filter_map(Bson::as_document_mut) {
            if let Ok(expires) = key.get_i64("expires") {
                key.insert("expires", expires.saturating_add(passed));
            }
        }
    }
    document
}

fn collection((name, indexes): (String, BTreeMap<String, Vec<String>>)) -> Collection {
    let indexes = indexes.into_iter().map(|(name, fields)| Index { name, fields }).collect();
    Collection { name, indexes }
}

fn file_of(collection: &str) -> String {
    format!("{collection}.bson")
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(format!("the copy can't be used: {error}"))
}
