//! Tables that events fill, and that could be made again from the log.
//!
//! Each row knows the `sequence` of the last event about its aggregate that changed it, in a column of its own: its
//! watermark. What is older, or the same again, changes nothing. So events may come twice, in another order, or all of
//! them anew, and no key is remembered for each of them.
//!
//! ```
//! use lyceum_kit::{prelude::*, projection::{Projection, ReadModel}};
//! # #[derive(serde::Deserialize)] struct CopyAdded { copy_id: Uuid, book_id: Uuid, shelf: String }
//! // CREATE TABLE copies_seen (copy_id TEXT PRIMARY KEY, .., copies_sequence BIGINT NOT NULL)
//! const COPIES: ReadModel = ReadModel::of("copies_seen", &["copy_id"], "copies_sequence");
//!
//! fn copy_added(projection: &Projection<'_>, added: &CopyAdded) -> Result<(), EventError> {
//!     let book = statement("SELECT book_id FROM books_seen WHERE book_id = $1", params![added.book_id]);
//!     let values = [("book_id", added.book_id.into_value()), ("shelf", added.shelf.as_str().into_value())];
//!     projection
//!         .upsert(&COPIES, params![added.copy_id], &values)
//!         .needs(book, "the copy's book")
//!         .commit()
//! }
//! ```
//!
//! **What is deleted** keeps its row, which says that it is: an older event that comes again would make it anew.
//! **A projection publishes nothing**: there is no way to. What an event causes is a reaction.
//!
//! **It can be made anew** by `lyceum events rebuild`, if the manifest names its tables among the `read_models`. That runs the
//! handlers over all events of the log, in a database that has no other rows: so they read these tables and the event and
//! nothing else (but for [`is_erased`](crate::erasure::is_erased)), and take times from [`Projection::time`].

use serde::de::DeserializeOwned;

use crate::{
    clock::Timestamp,
    event::{EventError, Received},
    once::{Silent, WithoutOnce},
    sql::{
        Begin as _, IntoValue as _, SqlError, Statement, Transaction, TransactionError, Value,
        query_optional, statement,
    },
};

/// A table that is filled from events.
#[derive(Clone, Copy, Debug)]
pub struct ReadModel {
    table: &'static str,
    key: &'static [&'static str],
    watermark: &'static str,
}

impl ReadModel {
    /// The table with this name and primary key. `watermark` is a column `BIGINT NOT NULL` for the sequence of the last
    /// event of one publisher about the row's aggregate: sequences of several publishers, or of several aggregates,
    /// count apart, so a row that is made of them has a column for each.
    pub const fn of(table: &'static str, key: &'static [&'static str], watermark: &'static str) -> Self {
        Self { table, key, watermark }
    }

    /// `a = $1 AND b = $2`
    fn where_key(&self) -> String {
        let equal: Vec<_> =
            self.key.iter().zip(1..).map(|(column, at)| format!("{column} = ${at}")).collect();
        equal.join(" AND ")
    }

    fn upsert(&self, key: Vec<Value>, values: &[(&'static str, Value)], sequence: i64) -> Statement {
        let Self { table, watermark, .. } = self;
        let changed: Vec<_> = values.iter().map(|(column, _)| *column).chain([*watermark]).collect();
        let columns: Vec<_> = self.key.iter().copied().chain(changed.iter().copied()).collect();
        let places: Vec<_> = (1..=columns.len()).map(|at| format!("${at}")).collect();
        let sets: Vec<_> = changed.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let text = format!(
            "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {} \
             WHERE {table}.{watermark} < excluded.{watermark}",
            columns.join(", "),
            places.join(", "),
            self.key.join(", "),
            sets.join(", "),
        );
        let values = values.iter().map(|(_, value)| value.clone());
        statement(text, key.into_iter().chain(values).chain([sequence.into_value()]).collect())
    }

    fn update(&self, key: Vec<Value>, values: &[(&'static str, Value)], sequence: i64) -> Statement {
        let Self { table, watermark, .. } = self;
        let columns = [*watermark].into_iter().chain(values.iter().map(|(column, _)| *column));
        let first = key.len() + 1;
        let sets: Vec<_> = columns.zip(first..).map(|(column, at)| format!("{column} = ${at}")).collect();
        let text = format!(
            "UPDATE {table} SET {} WHERE {} AND {watermark} < ${first}",
            sets.join(", "),
            self.where_key(),
        );
        let values = values.iter().map(|(_, value)| value.clone());
        statement(text, key.into_iter().chain([sequence.into_value()]).chain(values).collect())
    }

    fn find(&self, key: Vec<Value>) -> Statement {
        let Self { table, watermark, .. } = self;
        statement(format!("SELECT {watermark} FROM {table} WHERE {}", self.where_key()), key)
    }
}

/// An event that is projected: it can be read and change tables, and that is all.
#[derive(Debug)]
pub struct Projection<'e> {
    received: &'e Received,
}

impl<'e> Projection<'e> {
    pub(crate) fn of(received: &'e Received) -> Self {
        Self { received }
    }

    /// The event's data, as [`Received::decode`].
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        self.received.decode()
    }

    /// When it happened.
    pub fn time(&self) -> Option<Timestamp> {
        self.received.time
    }

    /// The aggregate's id.
    pub fn subject(&self) -> Option<&str> {
        self.received.subject.as_deref()
    }

    /// Counts the publisher's events about the aggregate, from 1.
    pub fn sequence(&self) -> Result<i64, EventError> {
        let sequence = self.received.sequence.and_then(|sequence| i64::try_from(sequence).ok());
        sequence.ok_or_else(|| EventError::broken("an event without a sequence can't be projected"))
    }

    /// Makes the row with this key, or gives it these values if it has none of a later event.
    pub fn upsert(&self, model: &ReadModel, key: Vec<Value>, values: &[(&'static str, Value)]) -> Change {
        let guard = self.sequence().map(|sequence| model.upsert(key, values, sequence));
        Change { by: self.received.without_once(), guard, missing: None, rest: Vec::new(), needs: Vec::new() }
    }

    /// Gives the row with this key these values if it has none of a later event. Something else makes the row: until it
    /// is there, the event waits.
    pub fn update(&self, model: &ReadModel, key: Vec<Value>, values: &[(&'static str, Value)]) -> Change {
        let guard = self.sequence().map(|sequence| model.update(key.clone(), values, sequence));
        let missing = Some((model.find(key), model.table));
        Change { by: self.received.without_once(), guard, missing, rest: Vec::new(), needs: Vec::new() }
    }
}

/// A change of a row, and of what belongs to it, in one transaction: all of it, or nothing if the row is further on.
#[derive(Debug)]
#[must_use = "nothing happens before `commit`"]
pub struct Change {
    by: WithoutOnce,
    guard: Result<Statement, EventError>,
    /// What finds the row if it is there, and its table.
    missing: Option<(Statement, &'static str)>,
    rest: Vec<Statement>,
    needs: Vec<(usize, String)>,
}

impl Change {
    /// Adds a statement, such as one for rows that belong to this one.
    pub fn execute(mut self, statement: Statement) -> Self {
        self.rest.push(statement);
        self
    }

    /// Adds statements.
    pub fn execute_all(mut self, statements: impl IntoIterator<Item = Statement>) -> Self {
        self.rest.extend(statements);
        self
    }

    /// This `SELECT` finds one row, which another aggregate's event brings: until then the event waits, and says for what.
    pub fn needs(mut self, found: Statement, what: impl Into<String>) -> Self {
        self.rest.push(found.expect_rows(1));
        self.needs.push((self.rest.len(), what.into()));
        self
    }

    /// Commits it. Also well if the row had this event, or a later one, already.
    pub fn commit(self) -> Result<(), EventError> {
        let Self { by, guard, missing, rest, needs } = self;
        let transaction: Transaction<Silent> = by.begin();
        let missed = match transaction.execute(guard?.expect_rows(1)).execute_all(rest).commit() {
            Ok(_) => return Ok(()),
            Err(TransactionError::Sql(SqlError::Expectation(index))) => index,
            Err(error) => return Err(error.into()),
        };
        if missed == 0 {
            let Some((find, table)) = missing else { return Ok(()) };
            let row: Option<(i64,)> = query_optional(find)?;
            return row.map(drop).ok_or_else(|| EventError::not_yet(format!("the row of {table}")));
        }
        match needs.into_iter().find(|(index, _)| u32::try_from(*index) == Ok(missed)) {
            Some((_, what)) => Err(EventError::not_yet(what)),
            None => Err(SqlError::Expectation(missed).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;

    const SEATS: ReadModel = ReadModel::of("seats", &["course_id", "user_id"], "enrolments_sequence");

    #[test]
    fn every_write_is_guarded_by_the_watermark() {
        let values = [("state", "taken".into_value())];
        let made = SEATS.upsert(params!["c1", "u1"], &values, 7);
        assert_eq!(
            made.text(),
            "INSERT INTO seats (course_id, user_id, state, enrolments_sequence) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (course_id, user_id) DO UPDATE SET state = excluded.state, \
             enrolments_sequence = excluded.enrolments_sequence \
             WHERE seats.enrolments_sequence < excluded.enrolments_sequence"
        );
        assert_eq!(format!("{:?}", made.params()), format!("{:?}", params!["c1", "u1", "taken", 7_i64]));
        let changed = SEATS.update(params!["c1", "u1"], &values, 7);
        assert_eq!(
            changed.text(),
            "UPDATE seats SET enrolments_sequence = $3, state = $4 WHERE course_id = $1 AND user_id = $2 \
             AND enrolments_sequence < $3"
        );
        assert_eq!(format!("{:?}", changed.params()), format!("{:?}", params!["c1", "u1", 7_i64, "taken"]));
    }

    #[test]
    fn an_event_that_counts_nothing_cannot_be_projected() {
        let received = Received::parse("shelf", br#"{"id":"e","type":"t","source":"/s"}"#).unwrap();
        let result = Projection::of(&received).upsert(&SEATS, params!["c1", "u1"], &[]).commit();
        assert!(matches!(result, Err(EventError::Broken(_))), "{result:?}");
    }
}
