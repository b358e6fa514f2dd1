//! Which objects there are in the container.

use lyceum_kit::prelude::*;

use super::ROWS;

/// An object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: Uuid,
    changed_at: Timestamp,
}
from_row!(Object { name, changed_at });

/// An object is about to be written.
pub(crate) fn begin(name: Uuid, file: Uuid, now: Timestamp) -> Statement {
    let text = "INSERT INTO objects (name, file_id, state, changed_at) VALUES ($1, $2, 'writing', $3)";
    statement(text, params![name, file, now])
}

/// It is whole, and needed; misses its row if it took so long that it was given up.
pub(crate) fn keep(name: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE objects SET state = 'kept', changed_at = $2 WHERE name = $1 AND state = 'writing'";
    statement(text, params![name, now]).expect_rows(1)
}

/// All objects of a file are to be removed, but for those that are being written.
pub(crate) fn doom_all(file: Uuid, now: Timestamp) -> Statement {
    let text = "UPDATE objects SET state = 'doomed', changed_at = $2 WHERE file_id = $1 AND state = 'kept'";
    statement(text, params![file, now])
}

/// It is gone.
pub(crate) fn forget(name: Uuid) -> Statement {
    statement("DELETE FROM objects WHERE name = $1", params![name])
}

/// Those of a file that are to be removed, after this one.
pub(crate) fn doomed_of(file: Uuid, after: Option<&Object>) -> Result<Vec<Object>, SqlError> {
    let text = "SELECT name, changed_at FROM objects WHERE file_id = $1 AND state = 'doomed' AND name > $2 \
                ORDER BY name LIMIT $3";
    query_all(statement(text, params![file, after.map_or(Uuid::nil(), |object| object.name), ROWS]))
}

/// Those that are to be removed, after this one.
pub(crate) fn doomed(after: Option<&Object>) -> Result<Vec<Object>, SqlError> {
    let text = "SELECT name, changed_at FROM objects WHERE state = 'doomed' AND (changed_at, name) > ($1, $2) \
                ORDER BY changed_at, name LIMIT $3";
    let (changed_at, name) = after
        .map_or((Timestamp::from_micros(i64::MIN), Uuid::nil()), |object| (object.changed_at, object.name));
    query_all(statement(text, params![changed_at, name, ROWS]))
}

/// What was begun before that and never finished is to be removed.
pub(crate) fn doom_unfinished(before: Timestamp, now: Timestamp) -> Statement {
    let text =
        "UPDATE objects SET state = 'doomed', changed_at = $2 WHERE state = 'writing' AND changed_at < $1";
    statement(text, params![before, now])
}

/// Those of a person's files that are to be removed, after this one.
pub(crate) fn doomed_of_person(user_id: UserId, after: Option<&Object>) -> Result<Vec<Object>, SqlError> {
    let text = "SELECT name, objects.changed_at FROM objects JOIN files ON files.id = objects.file_id \
                WHERE files.user_id = $1 AND objects.state = 'doomed' AND name > $2 ORDER BY name LIMIT $3";
    query_all(statement(text, params![user_id, after.map_or(Uuid::nil(), |object| object.name), ROWS]))
}

/// How many objects a person's files have, whatever their state.
pub(crate) fn count_of_person(user_id: UserId) -> Result<u32, SqlError> {
    let text = "SELECT CAST(COUNT(*) AS BIGINT) AS left_over FROM objects JOIN files ON files.id = objects.file_id \
                WHERE files.user_id = $1";
    query_one::<(u32,)>(statement(text, params![user_id])).map(|(left,)| left)
}
