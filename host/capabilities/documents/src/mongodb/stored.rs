//! A document as it stands in MongoDB, with what reads never show.
//!
//! ```text
//! _id, version, body            what a reader sees; a deleted document has no body
//! _lyceum.revision              counts every change, the relay's too: the condition of every change
//! _lyceum.recent                the last writes, so that one whose answer was lost can be found again
//! _lyceum.sequence              the number of the last event
//! _lyceum.once                  the last keys
//! _lyceum.outbox                events that wait for the relay
//! _lyceum.waiting               since when the oldest of them waits (µs since 1970), only while there are any
//! ```

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, Document, doc};

use super::convert::{from_bson, to_bson};
use crate::Error;
use crate::body::Body;

/// How many writes are kept in mind.
pub(super) const RECENT: usize = 16;
const KEYS: usize = 64;
const ANSWER_BYTES: usize = 1024 * 1024;
/// How many events of one document may wait, and their bytes: a document in MongoDB has at most 16 MiB.
const WAITING: usize = 1000;
const WAITING_BYTES: usize = 6 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) body: Option<Body>,
    pub(super) revision: i64,
    pub(super) recent: Vec<Recent>,
    pub(super) sequence: i64,
    pub(super) once: Vec<Key>,
    pub(super) outbox: Vec<Waiting>,
    pub(super) waiting: Option<i64>,
}

/// A write that was done.
#[derive(Debug)]
pub(super) struct Recent {
    pub(super) write: String,
    pub(super) version: i64,
}

/// A remembered key.
#[derive(Debug)]
pub(super) struct Key {
    /// Of scope and key.
    pub(super) digest: String,
    pub(super) fingerprint: String,
    /// In µs since 1970.
    pub(super) expires: Option<i64>,
    pub(super) answer: Vec<u8>,
    pub(super) version: i64,
}

/// An event that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) sequence: i64,
    pub(super) body: String,
}

impl Stored {
    /// What a document is before its first write.
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            version: 0,
            body: None,
            revision: 0,
            recent: Vec::new(),
            sequence: 0,
            once: Vec::new(),
            outbox: Vec::new(),
            waiting: None,
        }
    }

    /// Forgets the oldest of what is bounded.
    pub(super) fn trim(&mut self, now: i64) -> Result<(), Error> {
        self.once.retain(|key| key.expires.is_none_or(|expires| expires > now));
        self.recent.drain(..self.recent.len().saturating_sub(RECENT));
        let mut bytes = 0;
        let kept = self.once.iter().rev().take(KEYS).take_while(|key| {
            bytes += key.answer.len();
            bytes <= ANSWER_BYTES
        });
        let kept = kept.count();
        self.once.drain(..self.once.len() - kept);
        let waiting: usize = self.outbox.iter().map(|event| event.body.len()).sum();
        if self.outbox.len() > WAITING || waiting > WAITING_BYTES {
            return Err(Error::Unavailable("too many events of this document wait to be published".into()));
        }
        Ok(())
    }

    pub(super) fn to_document(&self) -> Document {
        let recent =
            self.recent.iter().map(|recent| doc! { "write": &recent.write, "version": recent.version });
        let once = self.once.iter().map(|key| {
            let mut entry = doc! {
                "key": &key.digest,
                "fingerprint": &key.fingerprint,
                "answer": Binary { subtype: BinarySubtype::Generic, bytes: key.answer.clone() },
                "version": key.version,
            };
            if let Some(expires) = key.expires {
                entry.insert("expires", expires);
            }
            entry
        });
        let mut hidden = doc! {
            "revision": self.revision,
            "recent": recent.collect::<Vec<_>>(),
            "sequence": self.sequence,
            "once": once.collect::<Vec<_>>(),
            "outbox": outbox(&self.outbox),
        };
        if let Some(waiting) = self.waiting {
            hidden.insert("waiting", waiting);
        }
        let mut document = doc! { "_id": &self.id, "version": self.version };
        if let Some(body) = &self.body {
            document.insert("body", to_bson(body));
        }
        document.insert("_lyceum", hidden);
        document
    }

    /// Reads a whole document, or one of which only some parts were asked for.
    pub(super) fn read(document: &Document) -> Result<Self, Error> {
        let nothing = Document::new();
        let hidden = document.get_document("_lyceum").unwrap_or(&nothing);
        let body = match document.get("body") {
            Some(Bson::Document(body)) => Some(from_bson(body)?),
            _ => None,
        };
        Ok(Self {
            id: text(document, "_id")?,
            version: number(document, "version"),
            body,
            revision: number(hidden, "revision"),
            recent: list(hidden, "recent", |entry| {
                Ok(Recent { write: text(entry, "write")?, version: number(entry, "version") })
            })?,
            sequence: number(hidden, "sequence"),
            once: list(hidden, "once", key)?,
            outbox: list(hidden, "outbox", |entry| {
                Ok(Waiting {
                    id: text(entry, "id")?,
                    kind: text(entry, "kind")?,
                    sequence: number(entry, "sequence"),
                    body: text(entry, "body")?,
                })
            })?,
            waiting: hidden.get_i64("waiting").ok(),
        })
    }
}

/// The events as they are stored.
pub(super) fn outbox(events: &[Waiting]) -> Vec<Document> {
    let entry = |event: &Waiting| {
        doc! { "id": &event.id, "kind": &event.kind, "sequence": event.sequence, "body": &event.body }
    };
    events.iter().map(entry).collect()
}

fn key(entry: &Document) -> Result<Key, Error> {
    let answer = match entry.get("answer") {
        Some(Bson::Binary(binary)) => binary.bytes.clone(),
        _ => return Err(damaged("answer")),
    };
    Ok(Key {
        digest: text(entry, "key")?,
        fingerprint: text(entry, "fingerprint")?,
        expires: entry.get_i64("expires").ok(),
        answer,
        version: number(entry, "version"),
    })
}

fn list<T>(
    document: &Document,
    name: &str,
    read: impl Fn(&Document) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let Some(Bson::Array(entries)) = document.get(name) else { return Ok(Vec::new()) };
    entries.iter().map(|entry| entry.as_document().ok_or_else(|| damaged(name)).and_then(&read)).collect()
}

fn text(document: &Document, name: &str) -> Result<String, Error> {
    document.get_str(name).map(str::to_owned).map_err(|_| damaged(name))
}

/// 0 where there is none.
fn number(document: &Document, name: &str) -> i64 {
    match document.get(name) {
        Some(Bson::Int64(number)) => *number,
        Some(Bson::Int32(number)) => i64::from(*number),
        _ => 0,
    }
}

fn damaged(what: &str) -> Error {
    Error::Unavailable(format!("a stored document can't be read: its {what} is not as it was written"))
}
