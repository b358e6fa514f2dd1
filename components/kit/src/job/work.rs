//! Works on jobs, part by part.

use std::time::{Duration, Instant};

use serde::Deserialize;
use uuid::Uuid;

use super::{
    State,
    record::{KEPT, Record},
    start::continued,
};
use crate::{
    clock::{self, Timestamp},
    event::{EventError, Received},
    log,
    once::WithoutOnce,
    params, periodic,
    sql::{Begin as _, SqlError, Table as _, TransactionError, Versioned as _, query_all, statement},
};

/// How long one event's or tick's work on a job takes, about: others wait for the instance meanwhile.
const SLICE: Duration = Duration::from_secs(2);
/// A job that nothing has moved for so long is taken up by the tick.
const FORGOTTEN: Duration = Duration::from_mins(2);

/// A kind of job, as it is declared: an [`Import`](super::Import) or an [`Export`](super::Export).
pub trait Kind: Sync {
    /// Its name, which is never changed.
    fn name(&self) -> &'static str;
    /// The columns of the file that it makes, if it makes one.
    #[doc(hidden)]
    fn columns(&self) -> &'static [&'static str] {
        &[]
    }

    /// Does the next part, in a transaction with the job's row.
    #[doc(hidden)]
    fn part(&self, job: &Record, by: &WithoutOnce) -> Result<(), TransactionError>;
}

#[derive(Deserialize)]
struct Continued {
    job_id: Uuid,
}

/// Works on the job that the service's own event `lyceum.<service>.JobContinued.v1` names.
pub fn on_continued(received: &Received, kinds: &[&dyn Kind]) -> Result<(), EventError> {
    let Continued { job_id } = received.decode()?;
    let goes_on = slice(job_id, kinds)?;
    if goes_on {
        continued(received.begin(), job_id).commit()?;
    }
    Ok(())
}

/// Takes up the jobs that no event drives any more, and forgets those that ended seven days ago: a periodic job for every
/// minute, `every(minutes(1), "jobs", |by| job::run_due(by, KINDS))`.
pub fn run_due(by: &WithoutOnce, kinds: &[&dyn Kind]) -> Result<(), EventError> {
    let before = clock::now().minus(FORGOTTEN);
    let next = |last: Option<&Record>| {
        let after = last.map_or((Timestamp::from_micros(i64::MIN), String::new()), |last| {
            (last.updated_at, last.id.to_string())
        });
        let rest = "WHERE state = $1 AND updated_at < $2 AND (updated_at, id) > ($3, $4) \
                    ORDER BY updated_at, id LIMIT $5";
        let params = params![State::Running, before, after.0, after.1, i64::from(periodic::BATCH)];
        Ok(query_all(Record::select(rest, params))?)
    };
    let run = |job: &Record| {
        if slice(job.id, kinds)? {
            continued(by.begin(), job.id).commit()?;
        }
        Ok(())
    };
    periodic::each(|job| format!("job {} {}", job.name, job.id), next, run)?;
    forget(by)
}

fn forget(by: &WithoutOnce) -> Result<(), EventError> {
    let old = "SELECT id FROM jobs WHERE ended_at < $1 ORDER BY ended_at, id LIMIT 20";
    for (id,) in query_all::<(Uuid,)>(statement(old, params![clock::now().minus(KEPT)]))? {
        let of = |table: &str| statement(format!("DELETE FROM {table} WHERE job_id = $1"), params![id]);
        let job = statement("DELETE FROM jobs WHERE id = $1", params![id]);
        by.begin().execute_all([of("job_rows"), of("job_errors"), job]).commit()?;
    }
    Ok(())
}

/// Works on a job for a while. Whether there is more to do.
fn slice(id: Uuid, kinds: &[&dyn Kind]) -> Result<bool, EventError> {
    let begun = Instant::now();
    loop {
        let Some(job) = Record::find(id)?.filter(|job| job.state == State::Running) else { return Ok(false) };
        if begun.elapsed() > SLICE {
            return Ok(true);
        }
        let by = job.context().without_once();
        let kind = kinds.iter().find(|kind| kind.name() == job.name);
        let done = match kind {
            Some(kind) => kind.part(&job, &by),
            None => Err(TransactionError::Event("there is no such job any more".to_owned())),
        };
        match done {
            // By this, or by somebody else who moved or cancelled it meanwhile: see what it is now.
            Ok(()) | Err(TransactionError::Sql(SqlError::Expectation(0))) => {}
            Err(TransactionError::Sql(error)) if error.may_pass() => return Err(error.into()),
            Err(error) => {
                log::warn(format!("job {} {}: {error}", job.name, job.id));
                by.begin().execute(job.failed_at(&error.to_string()).update()).commit()?;
                return Err(EventError::Unavailable(error.to_string()));
            }
        }
    }
}
