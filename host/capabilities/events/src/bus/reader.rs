//! A subscriber's own connection for reading the log, off the async threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::error::Error;
use super::log::{self, Aggregate, Logged, Slice};
use super::{progress, schema};

/// No part read holds more bytes of bodies than about this.
const PART_BYTES: usize = 4 << 20;

/// Reads in a blocking thread. Cheap to clone.
#[derive(Clone)]
pub(super) struct Reader {
    connection: Arc<Mutex<Connection>>,
}

/// What to read.
pub(super) struct Request {
    /// Lanes to read again: after which position, how many events.
    pub(super) lanes: Vec<(Aggregate, i64, usize)>,
    /// Lanes are read again up to here, the log from here.
    pub(super) read_through: i64,
    /// How many events of the log, if any.
    pub(super) limit: usize,
    pub(super) kinds: Arc<[String]>,
    /// For replays: the consumer, the time in microseconds, and how many.
    pub(super) replays: Option<(String, i64, usize)>,
}

/// What was read.
pub(super) struct Reading {
    pub(super) lanes: Vec<(Aggregate, Slice)>,
    pub(super) log: Option<Slice>,
    pub(super) replays: Vec<(Logged, u32)>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { connection: Arc::new(Mutex::new(schema::open(path)?)) })
    }

    /// Reads all that is asked for. On an error the request comes back, to be made again.
    pub(super) fn read(&self, request: Request) -> Result<Reading, Box<(Request, Error)>> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        read(&connection, &request).map_err(|error| Box::new((request, error.into())))
    }
}

fn read(connection: &Connection, request: &Request) -> rusqlite::Result<Reading> {
    let Request { lanes, read_through, limit, kinds, replays } = request;
    let lanes = lanes
        .iter()
        .map(|(aggregate, after, limit)| {
            let range = (*after, *read_through);
            let slice = log::of_aggregate(connection, aggregate, range, kinds, (*limit, PART_BYTES))?;
            Ok((aggregate.clone(), slice))
        })
        .collect::<rusqlite::Result<_>>()?;
    let log = match limit {
        0 => None,
        limit => Some(log::after(connection, *read_through, kinds, *limit, PART_BYTES)?),
    };
    let replays = match replays {
        None => Vec::new(),
        Some((consumer, now, limit)) => progress::replays(connection, consumer, *now, *limit)?,
    };
    Ok(Reading { lanes, log, replays })
}
