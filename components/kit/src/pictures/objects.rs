//! Which objects there are in the container of pictures.

use uuid::Uuid;

use crate::{
    clock::{self, Timestamp},
    from_row, params, periodic,
    sql::{SqlError, Statement, query_all, statement},
};

/// An object that nobody needs.
#[derive(Debug)]
pub(super) struct Unused {
    pub(super) name: Uuid,
    changed_at: Timestamp,
}
from_row!(Unused { name, changed_at });

/// An object is about to be written.
pub(super) fn begin(name: Uuid) -> Statement {
    let text = "INSERT INTO picture_objects (name, state, changed_at) VALUES ($1, 'writing', $2)";
    statement(text, params![name, clock::now()])
}

/// It is whole, and a row's; misses its own row if it took so long that it was given up.
pub(super) fn keep(name: Uuid) -> Statement {
    let text =
        "UPDATE picture_objects SET state = 'kept', changed_at = $2 WHERE name = $1 AND state = 'writing'";
    statement(text, params![name, clock::now()]).expect_rows(1)
}

/// It is nobody's any more.
pub(super) fn give_up(name: Uuid) -> Statement {
    let text = "UPDATE picture_objects SET state = 'unused', changed_at = $2 WHERE name = $1";
    statement(text, params![name, clock::now()])
}

/// What was begun before that and never became a row's is nobody's.
pub(super) fn give_up_unfinished(before: Timestamp) -> Statement {
    let text = "UPDATE picture_objects SET state = 'unused', changed_at = $2 \
                WHERE state = 'writing' AND changed_at < $1";
    statement(text, params![before, clock::now()])
}

/// It is gone.
pub(super) fn forget(name: Uuid) -> Statement {
    statement("DELETE FROM picture_objects WHERE name = $1", params![name])
}

/// Those that nobody needs, after this one.
pub(super) fn unused(after: Option<&Unused>) -> Result<Vec<Unused>, SqlError> {
    let text = "SELECT name, changed_at FROM picture_objects WHERE state = 'unused' AND (changed_at, name) > ($1, $2) \
                ORDER BY changed_at, name LIMIT $3";
    let (changed_at, name) = after
        .map_or((Timestamp::from_micros(i64::MIN), Uuid::nil()), |object| (object.changed_at, object.name));
    query_all(statement(text, params![changed_at, name, periodic::BATCH]))
}
