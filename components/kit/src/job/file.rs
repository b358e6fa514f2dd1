//! The file that an export made. It is written while it is read: one part of its rows is in memory at a time, unless its
//! format has to be written as a whole.

use std::{
    pin::Pin,
    task::{Context as Task, Poll},
};

use http_body::Frame;

use super::{Kind, State, routes::find};
use crate::{
    http::BodyError,
    log,
    prelude::*,
    sql::query_optional,
    tabular::{Cell, Format},
};

/// The rows that an export made, a part at a time; the cells of each stand in the order of the columns.
#[derive(Clone, Debug)]
pub struct Exported {
    job: Uuid,
    /// Where the part begins that is read next, and where the last one ends.
    next: i64,
    end: i64,
}

/// The rows of an export, for a service that writes them in a form of its own: 409 before the job is completed, 404 if it
/// is none of this kind or not the caller's.
pub fn exported(caller: &Caller, id: Uuid, kind: &dyn Kind) -> Result<Exported, Problem> {
    of_kind(caller, id, kind).map(|(rows, _)| rows)
}

fn of_kind(caller: &Caller, id: Uuid, kind: &dyn Kind) -> Result<(Exported, Format), Problem> {
    let record = find(caller, id)?;
    if record.name != kind.name() {
        return Err(Problem::not_found("This job makes no such file."));
    }
    if record.state != State::Completed {
        return Err(Problem::conflict("NOT_COMPLETED", format!("The job is {}.", record.state)));
    }
    Ok((Exported { job: id, next: 0, end: record.position }, record.file_format()))
}

impl Exported {
    fn part(&mut self) -> Result<Vec<Vec<Cell>>, Problem> {
        let text = "SELECT content FROM job_rows WHERE job_id = $1 AND first_row = $2";
        let found: Option<(AsJson<Vec<Vec<Cell>>>,)> =
            query_optional(statement(text, params![self.job, self.next]))?;
        // What a job leaves is dropped some days after its end, maybe while somebody reads.
        let (AsJson(rows),) =
            found.ok_or_else(|| Problem::not_found("The file of this job isn't kept any more."))?;
        self.next += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok(rows)
    }

    /// A body that is made while it is read: a beginning, what `part` makes of each part of the rows, and an end. What is
    /// wrong with the first part is this function's error; what is wrong later breaks the body off, so that nobody takes it
    /// for whole.
    pub fn written<B, P, E>(mut self, begin: B, mut part: P, end: E) -> Result<Body, Problem>
    where
        B: Into<Bytes>,
        P: FnMut(Vec<Vec<Cell>>) -> Result<Vec<u8>, Problem> + Send + 'static,
        E: Into<Bytes>,
    {
        let first = self.next().map(|rows| part(rows?)).transpose()?;
        let begin = [begin.into()].into_iter().chain(first.map(Bytes::from));
        let rest = self.map(move |rows| Ok(part(rows?)?.into()));
        let chunks = begin.map(Ok).chain(rest).chain([Ok(end.into())]);
        Ok(Body::new(Written { chunks: Box::new(chunks) }))
    }
}

impl Iterator for Exported {
    type Item = Result<Vec<Vec<Cell>>, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let part = self.part();
        if part.as_ref().map_or(true, Vec::is_empty) {
            self.next = self.end;
        }
        Some(part)
    }
}

struct Written {
    chunks: Box<dyn Iterator<Item = Result<Bytes, Problem>> + Send>,
}

impl http_body::Body for Written {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Task<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let chunk = self.get_mut().chunks.next();
        Poll::Ready(chunk.map(|chunk| {
            chunk.map(Frame::data).map_err(|problem| {
                log::error(format!("an export's file breaks off: {}", problem.detail()));
                BodyError::new(problem.detail())
            })
        }))
    }
}

/// The file that an export made, for the service's own route `GET /api/v1/jobs/<service>-{id}/result`: 409 before the
/// job is completed, 404 if it is none of this kind or not the caller's.
pub fn result(caller: &Caller, id: Uuid, kind: &dyn Kind) -> Result<Response, Problem> {
    let (mut rows, format) = of_kind(caller, id, kind)?;
    let columns = kind.columns();
    let body = if format.is_written_in_parts() {
        let part = move |rows: Vec<Vec<Cell>>| format.write_rows(columns, rows.into_iter());
        rows.written(format.header(columns)?, part, Bytes::new())?
    } else {
        let mut failed = None;
        let whole = std::iter::from_fn(|| rows.next()?.map_err(|problem| failed = Some(problem)).ok());
        let file = format.write(columns, whole.flatten())?;
        if let Some(problem) = failed {
            return Err(problem);
        }
        Body::from(file)
    };
    Ok((format.headers(kind.name()), body).into_response())
}
