//! The calls.

use http_body_util::BodyExt as _;
use lyceum_kit::blobs::Container;
use lyceum_kit::keyvalue::{Bucket, KeyValueError};
use lyceum_kit::mail::{self, Message};
use lyceum_kit::prelude::*;
use serde::Deserialize;

use crate::{THINGS, Thing, ThingWritten};

/// Bytes of an object.
const OBJECT: u16 = 4096;

/// What is called.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Call {
    /// Nothing: what an answer costs by itself.
    Nothing,
    /// Makes what is read.
    Prepare,
    /// A row by its key.
    SqlRead,
    /// A durable commit of one row.
    SqlCommit,
    /// The same with an event.
    SqlCommitWithEvent,
    /// A key's value.
    KeyvalueGet,
    /// A key is set.
    KeyvalueSet,
    /// A counter is counted up.
    KeyvalueIncrement,
    /// A document by its id.
    DocumentsGet,
    /// A durable write of a document.
    DocumentsPut,
    /// An object of 4 KiB, all of it.
    BlobsGet,
    /// An object of 4 KiB is stored.
    BlobsPut,
    /// A mail is handed over.
    Mail,
}

impl Call {
    pub(crate) async fn make(self, context: &Context) -> Result<(), Problem> {
        let id = || ids::new().to_string();
        match self {
            Self::Nothing => {}
            Self::Prepare => {
                bucket(|bucket| bucket.set("one", b"a value"))?;
                THINGS.put(&context.without_once(), "one", &thing()).commit()?;
                store("one")?;
            }
            Self::SqlRead => {
                let read = statement("SELECT id FROM things WHERE id = $1", params!["one"]);
                query(vec![read])?;
            }
            Self::SqlCommit => {
                context.without_once().begin().execute(insert(&id())).commit()?;
            }
            Self::SqlCommitWithEvent => {
                let thing_id = id();
                let row = insert(&thing_id);
                context.without_once().begin().execute(row).publish(&ThingWritten { thing_id }).commit()?;
            }
            Self::KeyvalueGet => bucket(|bucket| bucket.get("one").map(drop))?,
            Self::KeyvalueSet => bucket(|bucket| bucket.set("one", b"a value"))?,
            Self::KeyvalueIncrement => bucket(|bucket| bucket.increment("counter", 1).map(drop))?,
            Self::DocumentsGet => {
                THINGS.get("one")?;
            }
            Self::DocumentsPut => {
                THINGS.put(&context.without_once(), &id(), &thing()).commit()?;
            }
            Self::BlobsGet => {
                let body = Container::open("things")?.get("one", 0..u64::from(OBJECT))?;
                body.collect().await.map_err(|_| Problem::internal())?;
            }
            Self::BlobsPut => store(&id())?,
            Self::Mail => {
                let message = Message {
                    id: id(),
                    to: "somebody@people.example.org".to_owned(),
                    subject: "A mail".to_owned(),
                    text: "To be counted.".to_owned(),
                    html: None,
                };
                mail::send(message).map_err(|_| Problem::internal())?;
            }
        }
        Ok(())
    }
}

/// Opening a bucket is no call of the store.
fn bucket(call: impl FnOnce(&Bucket) -> Result<(), KeyValueError>) -> Result<(), Problem> {
    Bucket::open("things").and_then(|bucket| call(&bucket)).map_err(|_| Problem::internal())
}

fn store(name: &str) -> Result<(), Problem> {
    let mut upload = Container::open("things")?.create(name)?;
    upload.write(&[b'x'; OBJECT as usize], u64::MAX)?;
    upload.finish()?;
    Ok(())
}

fn thing() -> Thing {
    Thing { text: "a document".to_owned() }
}

fn insert(id: &str) -> Statement {
    statement("INSERT INTO things (id, text) VALUES ($1, $2)", params![id, "a row"])
}
