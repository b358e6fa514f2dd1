//! The SQL of files.

pub(crate) mod objects;
pub(crate) mod parts;

use lyceum_kit::blobs::Sha256Digest;
use lyceum_kit::{
    erasure,
    list::{Filter, List, Listing, Order, Scope},
    periodic,
    prelude::*,
    row,
    sql::Table,
};

use crate::domain::error::FileError;
use crate::domain::{File, Status};

row!(versioned File in "files" {
    id,
    user_id,
    original_filename,
    mime_type,
    file_size,
    checksum,
    service_name,
    entity_type,
    entity_id,
    status,
    object,
    version,
    created_at,
    updated_at,
    expires_at,
});

/// Rows of one batch of periodic work.
const ROWS: u16 = periodic::BATCH;

/// The file, unless it was deleted.
pub(crate) fn find(id: Uuid) -> Result<Option<File>, SqlError> {
    query_optional(File::select("WHERE id = $1 AND status <> 'deleted'", params![id]))
}

/// A new file, whose size counts against its owner's quota from now on.
pub(crate) fn insert<E>(transaction: Transaction<E>, file: &File, quota: i64) -> Transaction<E> {
    let known = "INSERT INTO quotas (user_id, used) VALUES ($1, 0) ON CONFLICT (user_id) DO NOTHING";
    let taken = "UPDATE quotas SET used = used + $2 WHERE user_id = $1 AND used + $2 <= $3";
    transaction
        .execute(erasure::unless_erased(file.user_id))
        .execute(statement(known, params![file.user_id]))
        .execute(statement(taken, params![file.user_id, file.file_size, quota]).expect_rows(1))
        .on_missing(move || FileError::QuotaExceeded(quota).into())
        .execute(file.insert())
}

/// Gives bytes back to their owner.
pub(crate) fn release(user_id: UserId, bytes: i64) -> Statement {
    let text = "UPDATE quotas SET used = used - $2 WHERE user_id = $1";
    statement(text, params![user_id, bytes]).expect_rows(1)
}

/// Nobody sees it any more; misses its row if it was changed or deleted since it was read.
pub(crate) fn delete(file: &File, now: Timestamp) -> Statement {
    let text = "UPDATE files SET status = 'deleted', deleted_at = $3, updated_at = $3, version = version + 1 \
                WHERE id = $1 AND version = $2 AND status <> 'deleted'";
    statement(text, params![file.id, file.version, now]).expect_rows(1)
}

/// Uploads that took too long, after this one.
pub(crate) fn expired(now: Timestamp, after: Option<&File>) -> Result<Vec<File>, SqlError> {
    let which = "WHERE status = 'uploading' AND expires_at < $1 AND (expires_at, id) > ($2, $3) \
                 ORDER BY expires_at, id LIMIT $4";
    let (expires_at, id) =
        after.map_or((Timestamp::from_micros(i64::MIN), Uuid::nil()), |file| (file.expires_at, file.id));
    query_all(File::select(which, params![now, expires_at, id, ROWS]))
}

/// A person's files that were not deleted, after this one.
pub(crate) fn of_person(user_id: UserId, after: Option<&File>) -> Result<Vec<File>, SqlError> {
    let which = "WHERE user_id = $1 AND status <> 'deleted' AND id > $2 ORDER BY id LIMIT $3";
    let after = after.map_or(Uuid::nil(), |file| file.id);
    query_all(File::select(which, params![user_id, after, ROWS]))
}

/// Removes all that is known of a person, whose files were deleted with their content.
pub(crate) fn erase(user_id: UserId) -> Vec<Statement> {
    let left = "SELECT id FROM files WHERE user_id = $1 AND status <> 'deleted' LIMIT 1";
    let left = statement(left, params![user_id]).expect_rows(0);
    let tables = ["files", "quotas"];
    let delete = |table| statement(format!("DELETE FROM {table} WHERE user_id = $1"), params![user_id]);
    std::iter::once(left).chain(tables.into_iter().map(delete)).collect()
}

/// Files that were not deleted, newest first.
pub(crate) struct Files;

impl Listing for Files {
    type Row = File;
    const LIST: List = List::of("files", File::COLUMN_LIST, "id", Order::text("id").descending()).filters(&[
        Filter::id("user_id")
            .describe("Only this person's; others than one's own are there for administrators only."),
        Filter::equal::<Status>("status").describe("Only those that are so far."),
        Filter::equal::<String>("service_name").describe("Only those for this service."),
        Filter::equal::<String>("entity_type").describe("Only those that belong to such a thing."),
        Filter::equal::<String>("entity_id").describe("Only those that belong to this one."),
    ]);
}

/// What a person may see: their own files, or everybody's.
pub(crate) fn visible(user_id: Option<UserId>) -> Scope {
    let scope = Scope::all().only("status <> 'deleted'");
    match user_id {
        Some(user_id) => scope.equal("user_id", user_id),
        None => scope,
    }
}

/// What a finished object is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Content {
    pub(crate) object: Uuid,
    pub(crate) size: i64,
    pub(crate) checksum: Sha256Digest,
}
