//! Records that are taken over from an older system, slice by slice.
//!
//! Whoever takes a file over sends its rows in slices ([`Slice`]); the service judges each ([`Judged`]), and each is answered
//! for itself: what is wrong with one stops no other. A service finds by the row's natural key whether the record is there
//! already. So a slice may be sent again, and so may a whole file: there is no `Idempotency-Key` to remember, and a
//! route that takes slices is `without_idempotency`.
//!
//! What people deleted here since is not brought back by that: of records that can be deleted ([`Judged::remembered`]) it is
//! kept that they were taken over, in the table of [`TAKEN_OVER`].
//!
//! A row may name a record that is taken over by another service, of which nothing was heard yet: then nothing happens to
//! it, its answer says what it waits for, and it is to be sent again.

mod adding;
mod fields;
mod memory;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

pub use self::fields::{Moment, Numbered, address_key, counted, name_key, places};
use crate::{
    access::Access, context::Context, job::RowWrites, json, permission::Permission, problem::Problem,
    text_enum,
};

/// The migration that makes the table of records that were taken over:
/// `migrations: ["0001-authors", "0002-taken-over" = TAKEN_OVER]`.
pub const TAKEN_OVER: &str = include_str!("../migrations/taken_over.sql");

/// The most rows of a slice.
pub const MAX_ROWS: usize = 500;

/// Who may take records over: administrators, since no role is granted it.
pub const ACCESS: Access = Access::Permission(Permission::new("library:import"));

/// The body of a slice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ImportSlice)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// Only says what would become of the rows, and writes nothing.
    #[serde(default)]
    dry_run: bool,
    /// 1 to 500 objects, each a record as the guide about moving from the older library describes it, without its `kind`.
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 500)]
    rows: Vec<serde_json::Value>,
}

/// Another record that a row names, by its natural key.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[schema(as = ImportReference)]
pub struct Reference {
    /// As the file has it, such as `author`.
    pub kind: &'static str,
    /// In the form in which the other record's own answer has it.
    pub key: String,
}

text_enum! {
    /// What became of a row.
    pub enum RowOutcome {
        /// It is there now.
        Added = "added",
        /// It was there already.
        Present = "present",
        /// It would be added, as far as can be said without doing it.
        Valid = "valid",
        /// It was taken over before, and was deleted here since, or has another key: it stays so.
        Deleted = "deleted",
        /// It names records of which nothing was heard yet.
        Waiting = "waiting",
        /// It can't be added.
        Refused = "refused",
    }
}

/// What became of a row, in the place of the row.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportedRow)]
pub struct RowAnswer {
    outcome: RowOutcome,
    /// The natural key in the one form in which others name the record; absent if the row can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Reference>,
    /// Why it was refused, for a program.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// What became of the rows of a slice, in their order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportedSlice)]
pub struct SliceAnswer {
    rows: Vec<RowAnswer>,
}

impl IntoResponse for SliceAnswer {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// What a service makes of a row.
#[derive(Debug)]
pub enum Verdict {
    /// It is added by these writes.
    Add(RowWrites),
    /// The record is there already.
    Present,
    /// It names these, of which nothing is known here yet.
    Waits(Vec<Reference>),
}

/// The record of this kind with this natural key.
pub fn reference(kind: &'static str, key: impl Into<String>) -> Reference {
    Reference { kind, key: key.into() }
}

/// A row that was judged.
#[derive(Debug)]
pub struct Judged {
    /// Its natural key, in one form.
    pub key: String,
    /// What is made of it, or why it is refused.
    pub verdict: Result<Verdict, Problem>,
    /// What is kept of it when it is added, so that it is known if it is deleted and comes again.
    record: Option<String>,
}

impl Judged {
    /// The row with this key.
    pub fn new(key: impl Into<String>, verdict: Result<Verdict, Problem>) -> Self {
        Self { key: key.into(), verdict, record: None }
    }

    /// It may be deleted here, and is not to come back then. It is remembered by its key; the service has the migration
    /// [`TAKEN_OVER`].
    #[must_use]
    pub fn remembered(self) -> Self {
        let record = self.key.clone();
        self.remembered_as(record)
    }

    /// The same by another key, for one that says something of a person.
    #[must_use]
    pub fn remembered_as(self, record: impl Into<String>) -> Self {
        Self { record: Some(record.into()), ..self }
    }
}

impl RowAnswer {
    fn of(outcome: RowOutcome, key: Option<String>) -> Self {
        Self { outcome, key, missing: Vec::new(), code: None, message: None }
    }

    /// A refusal. What is no fault of the row fails the whole slice.
    fn refused(key: Option<String>, problem: Problem) -> Result<Self, Problem> {
        if problem.status().is_server_error() {
            return Err(problem);
        }
        let (code, message) = match problem.violations() {
            [] => (problem.code(), problem.detail().to_owned()),
            [first, ..] => {
                let told = problem.violations().iter().map(|one| format!("{}: {}", one.pointer, one.message));
                (first.code, told.collect::<Vec<_>>().join(" "))
            }
        };
        let (code, message) = (Some(code.to_owned()), Some(message));
        Ok(Self { code, message, ..Self::of(RowOutcome::Refused, key) })
    }
}

impl Slice {
    /// Reads each row as an `R`, has all that can be read judged at once, in their order, and adds what is to be added.
    /// `judge` answers one for each row that it is given. It sees only what was there before the slice: that two rows of
    /// one slice are in each other's way is for the constraints of the tables to find.
    pub fn take<R: DeserializeOwned>(
        self,
        context: &Context,
        judge: impl FnOnce(Vec<R>) -> Result<Vec<Judged>, Problem>,
    ) -> Result<SliceAnswer, Problem> {
        if self.rows.is_empty() || self.rows.len() > MAX_ROWS {
            return Err(Problem::unprocessable("ROWS", format!("A slice has 1 to {MAX_ROWS} rows.")));
        }
        let (mut answers, mut read) = (Vec::new(), Vec::new());
        for row in self.rows {
            match json::from_value::<R>(row) {
                Ok(row) => {
                    read.push(row);
                    answers.push(None);
                }
                Err(problem) => answers.push(Some(RowAnswer::refused(None, problem)?)),
            }
        }
        let judged = if read.is_empty() { Vec::new() } else { judge(read)? };
        let records: Vec<&str> = judged.iter().filter_map(|row| row.record.as_deref()).collect();
        let before = memory::known(&records)?;
        let mut judged = judged.into_iter();
        let (mut to_add, mut keys) = (Vec::new(), Vec::new());
        for (place, answer) in answers.iter_mut().enumerate().filter(|(_, answer)| answer.is_none()) {
            let Some(Judged { key, verdict, record }) = judged.next() else { break };
            let was_deleted = record.as_ref().is_some_and(|record| before.contains(record));
            *answer = Some(match verdict {
                Ok(Verdict::Add(_) | Verdict::Waits(_)) if was_deleted => {
                    RowAnswer::of(RowOutcome::Deleted, Some(key))
                }
                Ok(Verdict::Add(writes)) if self.dry_run => match writes.ready() {
                    Ok(_) => RowAnswer::of(RowOutcome::Valid, Some(key)),
                    Err(problem) => RowAnswer::refused(Some(key), problem)?,
                },
                Ok(Verdict::Add(writes)) => {
                    to_add.push((place, writes.execute_all(record.as_deref().map(memory::note))));
                    keys.push(key);
                    continue;
                }
                Ok(Verdict::Present) => RowAnswer::of(RowOutcome::Present, Some(key)),
                Ok(Verdict::Waits(missing)) => {
                    RowAnswer { missing, ..RowAnswer::of(RowOutcome::Waiting, Some(key)) }
                }
                Err(problem) => RowAnswer::refused(Some(key), problem)?,
            });
        }
        for ((place, added), key) in adding::add(&context.without_once(), to_add)?.into_iter().zip(keys) {
            let answer = match added {
                Ok(()) => RowAnswer::of(RowOutcome::Added, Some(key)),
                Err(problem) => RowAnswer::refused(Some(key), problem)?,
            };
            if let Some(place) = answers.get_mut(place) {
                *place = Some(answer);
            }
        }
        let rows: Option<Vec<RowAnswer>> = answers.into_iter().collect();
        Ok(SliceAnswer { rows: rows.ok_or_else(Problem::internal)? })
    }
}
