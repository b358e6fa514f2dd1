//! Jobs that take a file of rows.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::{Kind, MAX_ERRORS, RowError, Started, State, record::Record};
use crate::{
    event::Event,
    host::types,
    once::WithoutOnce,
    params,
    problem::Problem,
    sql::{
        AsJson, Begin as _, SqlError, Statement, TransactionError, Versioned as _, query_optional, statement,
    },
    tabular::{Format, RowIn},
};

/// Rows that are kept together, at least: not more than this many parts fit into the transaction that begins the job.
const ROWS: usize = 100;
const MAX_PARTS: usize = 200;
/// What fits into one transaction beside the job's row and an error of each row (the host takes 256 statements).
const STATEMENTS: usize = 200;
const EVENTS: usize = 200;

/// What one row is to change.
#[derive(Debug, Default)]
pub struct RowWrites {
    pub(crate) statements: Vec<Statement>,
    pub(crate) events: Vec<types::Event>,
    wrong: Option<Problem>,
    /// What to say if a statement misses its rows, by its place, or if something is no longer unique.
    missing: Vec<(usize, Problem)>,
    unique: Vec<(&'static str, Problem)>,
}

impl RowWrites {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement.
    #[must_use]
    pub fn execute(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }

    /// Adds statements.
    #[must_use]
    pub fn execute_all(mut self, statements: impl IntoIterator<Item = Statement>) -> Self {
        self.statements.extend(statements);
        self
    }

    /// What is wrong with the row if the last statement misses its expected rows; 409 if not said.
    #[must_use]
    pub fn on_missing(mut self, problem: Problem) -> Self {
        self.missing.push((self.statements.len().saturating_sub(1), problem));
        self
    }

    /// What is wrong with the row if `table.column[,column]` would no longer be unique; 409 if not said.
    #[must_use]
    pub fn on_unique(mut self, columns: &'static str, problem: Problem) -> Self {
        self.unique.push((columns, problem));
        self
    }

    /// Itself, unless something of it can't be written.
    pub(crate) fn ready(mut self) -> Result<Self, Problem> {
        self.wrong.take().map_or(Ok(self), Err)
    }

    /// What the tables refused, if this is the only row. So many statements were before its own.
    pub(crate) fn refused(self, error: SqlError, before: usize) -> Problem {
        let found = match &error {
            SqlError::Expectation(index) => {
                let own = usize::try_from(*index).ok().and_then(|index| index.checked_sub(before));
                self.missing.into_iter().find(|(at, _)| Some(*at) == own).map(|(_, problem)| problem)
            }
            SqlError::Unique(name) => {
                self.unique.into_iter().find(|(columns, _)| columns == name).map(|(_, problem)| problem)
            }
            _ => None,
        };
        found.unwrap_or_else(|| error.into())
    }

    /// Publishes an event if the row is committed.
    #[must_use]
    pub fn publish<V: Event>(mut self, event: &V) -> Self {
        match serde_json::to_string(event) {
            Ok(data) => self.events.push(types::Event {
                id: crate::ids::new().to_string(),
                kind: V::KIND.to_owned(),
                aggregate_type: V::AGGREGATE_TYPE.to_owned(),
                aggregate_id: event.aggregate_id(),
                data,
            }),
            Err(_) => self.wrong = Some(Problem::internal()),
        }
        self
    }
}

/// A kind of import: each row is read into an `R`, and `row` says what it changes, or why it is wrong.
pub struct Import<R> {
    name: &'static str,
    row: fn(R) -> Result<RowWrites, Problem>,
    rows: PhantomData<fn(R)>,
}

impl<R> fmt::Debug for Import<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Import").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One row of a part: its number, from 1, and what it changes.
type Judged = (i64, Result<RowWrites, Problem>);

impl<R: DeserializeOwned + 'static> Import<R> {
    /// An import of this name, which is never changed. What is asked in `row` is asked outside of the transaction; what
    /// must hold is a constraint of the table.
    pub const fn new(name: &'static str, row: fn(R) -> Result<RowWrites, Problem>) -> Self {
        Self { name, row, rows: PhantomData }
    }

    /// Begins one with a file whose format the request's `Content-Type` says: 415 or 422 if it can't be read.
    pub fn start(&self, headers: &HeaderMap, file: &Bytes, dry_run: bool) -> Result<Started, Problem> {
        let format = Format::of(headers)?;
        let rows = format.read(file)?;
        let size = ROWS.max(rows.len().div_ceil(MAX_PARTS));
        let total = i64::try_from(rows.len()).ok();
        let record = Record { dry_run, total, ..Record::new(self.name, format) };
        let part = |(number, rows): (usize, &[RowIn])| {
            let first = i64::try_from(number * size).unwrap_or(i64::MAX);
            let text = "INSERT INTO job_rows (job_id, first_row, content) VALUES ($1, $2, $3)";
            statement(text, params![record.id, first, AsJson(rows)])
        };
        let rows = rows.chunks(size).enumerate().map(part).collect();
        Ok(Started { record, rows })
    }

    fn judge(&self, row: &RowIn) -> Result<RowWrites, Problem> {
        let writes = (self.row)(row.read()?)?.ready()?;
        if writes.statements.len() > STATEMENTS || writes.events.len() > EVENTS {
            return Err(too_much());
        }
        Ok(writes)
    }

    /// Commits some rows, in halves if the tables refuse one of them.
    fn commit(job: &Record, by: &WithoutOnce, rows: Vec<Judged>) -> Result<Record, TransactionError> {
        let numbers: Vec<i64> = rows.iter().map(|(number, _)| *number).collect();
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for (number, judged) in rows {
            match judged {
                Ok(writes) => good.push((number, writes)),
                Err(problem) => bad.push((number, problem)),
            }
        }
        match attempt(job, by, &numbers, &good, &bad) {
            Ok(job) => Ok(job),
            // What failed already can't fail again.
            Err(TransactionError::Sql(error)) if is_the_rows(&error) && !good.is_empty() => {
                let mut rows: Vec<Judged> =
                    bad.into_iter().map(|(number, problem)| (number, Err(problem))).collect();
                if good.len() == 1 {
                    rows.extend(
                        good.into_iter().map(|(number, row)| (number, Err(row.refused(error.clone(), 1)))),
                    );
                    rows.sort_unstable_by_key(|(number, _)| *number);
                    return Self::commit(job, by, rows);
                }
                rows.extend(good.into_iter().map(|(number, writes)| (number, Ok(writes))));
                rows.sort_unstable_by_key(|(number, _)| *number);
                let rest = rows.split_off(rows.len() / 2);
                let job = Self::commit(job, by, rows)?;
                Self::commit(&job, by, rest)
            }
            Err(error) => Err(error),
        }
    }
}

fn too_much() -> Problem {
    Problem::unprocessable("ROW_TOO_LARGE", "The row changes more than one transaction may.")
}

/// Whether the rows are at fault. The statement with the number 0 is the job's own.
fn is_the_rows(error: &SqlError) -> bool {
    match error {
        SqlError::Expectation(index) => *index != 0,
        SqlError::Unique(_)
        | SqlError::ForeignKey(_)
        | SqlError::Check(_)
        | SqlError::NotNull(_)
        | SqlError::TooLarge(_) => true,
        _ => false,
    }
}

/// Commits these rows with the job's move, or, in a dry run, what would be committed and then the move.
fn attempt(
    job: &Record,
    by: &WithoutOnce,
    numbers: &[i64],
    good: &[(i64, RowWrites)],
    bad: &[(i64, Problem)],
) -> Result<Record, TransactionError> {
    let mut moved = job.changed();
    moved.position = numbers.last().copied().unwrap_or(job.position);
    moved.failed += i64::try_from(bad.len()).unwrap_or(0);
    (moved.attempts, moved.problem) = (0, None);
    if moved.total.is_none_or(|total| moved.position >= total) {
        moved.end(State::Completed);
    }
    let statements = || good.iter().flat_map(|(_, writes)| writes.statements.iter().cloned());
    let events = || good.iter().flat_map(|(_, writes)| writes.events.iter().cloned());
    if job.dry_run && !good.is_empty() {
        // It fails at its last statement, if not before: nothing of it is committed.
        let never = statement("SELECT id FROM jobs WHERE id = $1", params![""]).expect_rows(1);
        let own = statement("SELECT id FROM jobs WHERE id = $1", params![job.id]).expect_rows(1);
        let tried =
            by.begin().execute(own).execute_all(statements()).publish_all(events()).execute(never).commit();
        let last = u32::try_from(statements().count() + 1).unwrap_or(u32::MAX);
        match tried {
            Err(TransactionError::Sql(SqlError::Expectation(index))) if index == last => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(TransactionError::Event("a dry run was committed".to_owned())),
        }
    }
    let mut transaction = by.begin().execute(moved.update());
    if !job.dry_run {
        transaction = transaction.execute_all(statements()).publish_all(events());
    }
    let room = usize::try_from(MAX_ERRORS - job.failed).unwrap_or(0);
    let errors = bad.iter().take(room).map(|(number, problem)| RowError::insert(job.id, *number, problem));
    transaction = transaction.execute_all(errors);
    if moved.ended_at.is_some() {
        transaction = transaction.execute(moved.drop_rows());
    }
    transaction.commit()?;
    Ok(moved)
}

impl<R: DeserializeOwned + 'static> Kind for Import<R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn part(&self, job: &Record, by: &WithoutOnce) -> Result<(), TransactionError> {
        let text = "SELECT first_row, content FROM job_rows WHERE job_id = $1 AND first_row <= $2 \
                    ORDER BY first_row DESC LIMIT 1";
        let found: Option<Part> = query_optional(statement(text, params![job.id, job.position]))?;
        let (first, rows) = found.map_or((job.position, Vec::new()), |part| (part.first_row, part.content.0));
        let (mut chosen, mut statements, mut events, mut failed) = (Vec::new(), 0, 0, 0);
        for (number, row) in (first + 1..).zip(&rows).filter(|(number, _)| *number > job.position) {
            let judged = self.judge(row);
            match &judged {
                Ok(writes) => {
                    statements += writes.statements.len();
                    events += writes.events.len();
                }
                Err(_) => failed += 1,
            }
            // The first one always fits.
            if !chosen.is_empty() && (statements + failed > STATEMENTS || events > EVENTS) {
                break;
            }
            chosen.push((number, judged));
        }
        if chosen.is_empty() && job.total.is_some_and(|total| job.position < total) {
            return Err(TransactionError::Event(format!("row {} is not there", job.position + 1)));
        }
        Self::commit(job, by, chosen).map(drop)
    }
}

struct Part {
    first_row: i64,
    content: AsJson<Vec<RowIn>>,
}
crate::from_row!(Part { first_row, content });
