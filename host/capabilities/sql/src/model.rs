//! The plain values of `lyceum:data`, free of any engine's types.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::Error;

/// One SQL value, as a parameter or in a row.
///
/// The order of the variants is part of the stored form of remembered rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A truth value; SQLite stores and returns it as an integer.
    Boolean(bool),
    /// A 64-bit integer. Times are integers: microseconds since the Unix epoch.
    Integer(i64),
    /// A double.
    Float(f64),
    /// UTF-8 text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

/// One statement of portable SQL with `$1`, `$2`, ... as placeholders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    /// The SQL.
    pub text: String,
    /// One value per placeholder.
    pub params: Vec<Value>,
    /// Rows it must change or, for a SELECT, return.
    pub expect_rows: Option<u32>,
}

/// What a statement returned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Column names, in order.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
    /// Rows changed; 0 for a SELECT.
    pub affected: u64,
}

impl Rows {
    /// Refuses another number of rows than expected: returned ones if it only `reads`, else changed ones.
    pub(crate) fn expect(&self, expected: Option<u32>, index: u32, reads: bool) -> Result<(), Error> {
        let count = if reads { u64::try_from(self.rows.len()).unwrap_or(u64::MAX) } else { self.affected };
        match expected {
            Some(expected) if u64::from(expected) != count => Err(Error::Expectation(index)),
            Some(_) | None => Ok(()),
        }
    }
}

/// Something that happened, to be published if and only if its transaction commits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Unique for ever; becomes the CloudEvents `id`.
    pub id: String,
    /// The CloudEvents `type`.
    pub kind: String,
    /// What the event is about, such as `user`.
    pub aggregate_type: String,
    /// The CloudEvents `subject`.
    pub aggregate_id: String,
    /// The CloudEvents `data`, a JSON text.
    pub data: String,
}

/// Where a transaction comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// Shared by everything one outside request led to.
    pub correlation_id: String,
    /// The id of the event that caused this one.
    pub causation_id: Option<String>,
    /// W3C Trace Context `traceparent`.
    pub traceparent: Option<String>,
    /// The user on whose behalf this happens.
    pub actor: Option<String>,
}

/// Makes a transaction happen at most once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Once {
    /// Whose key it is: caller, method and route, or a consumer's name.
    pub scope: String,
    /// At most 255 bytes.
    pub key: String,
    /// A digest of the request.
    pub fingerprint: String,
    /// How long the key is remembered, in seconds; 0 means for ever.
    pub keep_seconds: u64,
    /// What `recall` and `duplicate` give back; at most 64 KiB.
    pub answer: Bytes,
}

/// Statements, events and the `once` record: committed together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transaction {
    /// Run in order.
    pub statements: Vec<Statement>,
    /// Written to the outbox.
    pub events: Vec<Event>,
    /// At most once, if given.
    pub once: Option<Once>,
    /// Written into the events.
    pub context: Context,
}

/// What an earlier transaction with the same `once` key gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remembered {
    /// Empty when they were larger than 64 KiB.
    pub rows: Vec<Rows>,
    /// The answer given with the key.
    pub answer: Bytes,
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Done now.
    Committed(Vec<Rows>),
    /// Done before; nothing was done now.
    Duplicate(Remembered),
}

/// A schema change of a service, as its component declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// Sorts in the order of application, such as `0001-accounts`.
    pub id: String,
    /// Statements separated by semicolons.
    pub sql: String,
}
