//! Adding many rows, of which none stops another.

use crate::{
    job::RowWrites,
    once::WithoutOnce,
    problem::Problem,
    sql::{Begin as _, SqlError, TransactionError},
};

/// What goes into one transaction: the host takes 256 statements.
const STATEMENTS: usize = 240;
const EVENTS: usize = 200;

/// A row's place, and what it writes.
type Placed = (usize, RowWrites);
/// A row's place, and whether it is there.
type Done = (usize, Result<(), Problem>);

/// Adds the rows, as many in one transaction as there is room for.
pub(super) fn add(by: &WithoutOnce, rows: Vec<Placed>) -> Result<Vec<Done>, Problem> {
    let (mut done, mut together, mut statements, mut events) = (Vec::new(), Vec::new(), 0, 0);
    for (place, writes) in rows {
        let writes = match writes.ready() {
            Ok(writes) if writes.statements.len() <= STATEMENTS && writes.events.len() <= EVENTS => writes,
            Ok(_) => {
                let detail = "The row changes more than one transaction may.";
                done.push((place, Err(Problem::unprocessable("ROW_TOO_LARGE", detail))));
                continue;
            }
            Err(problem) => {
                done.push((place, Err(problem)));
                continue;
            }
        };
        let (more_statements, more_events) = (writes.statements.len(), writes.events.len());
        if statements + more_statements > STATEMENTS || events + more_events > EVENTS {
            done.extend(commit(by, std::mem::take(&mut together))?);
            (statements, events) = (0, 0);
        }
        statements += more_statements;
        events += more_events;
        together.push((place, writes));
    }
    done.extend(commit(by, together)?);
    done.sort_unstable_by_key(|(place, _)| *place);
    Ok(done)
}

/// Commits some rows, in halves if the tables refuse one of them.
fn commit(by: &WithoutOnce, mut rows: Vec<Placed>) -> Result<Vec<Done>, TransactionError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let statements = rows.iter().flat_map(|(_, writes)| writes.statements.iter().cloned());
    let events = rows.iter().flat_map(|(_, writes)| writes.events.iter().cloned());
    match by.begin().execute_all(statements).publish_all(events).commit() {
        Ok(_) => Ok(rows.into_iter().map(|(place, _)| (place, Ok(()))).collect()),
        Err(TransactionError::Sql(error)) if is_a_rows(&error) => {
            let rest = rows.split_off(rows.len() / 2);
            if rows.is_empty() {
                return Ok(rest
                    .into_iter()
                    .map(|(place, row)| (place, Err(row.refused(error.clone(), 0))))
                    .collect());
            }
            let mut done = commit(by, rows)?;
            done.extend(commit(by, rest)?);
            Ok(done)
        }
        Err(error) => Err(error),
    }
}

/// Whether one of the rows is at fault.
fn is_a_rows(error: &SqlError) -> bool {
    matches!(
        error,
        SqlError::Expectation(_)
            | SqlError::Unique(_)
            | SqlError::ForeignKey(_)
            | SqlError::Check(_)
            | SqlError::NotNull(_)
            | SqlError::TooLarge(_)
    )
}
