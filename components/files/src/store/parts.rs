//! The parts of an upload.

use lyceum_kit::blobs::Sha256Digest;
use lyceum_kit::prelude::*;

use super::Content;
use crate::domain::error::FileError;

/// A part that has come.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) number: u16,
    pub(crate) object: Uuid,
    pub(crate) size: i64,
    pub(crate) checksum: Sha256Digest,
}
from_row!(Part { number, object, size, checksum });

impl Part {
    /// In bytes.
    pub(crate) fn size(&self) -> u64 {
        u64::try_from(self.size).unwrap_or_default()
    }
}

/// The parts of an upload in their order.
pub(crate) fn all(file: Uuid) -> Result<Vec<Part>, SqlError> {
    let text = "SELECT number, object, size, checksum FROM parts WHERE file_id = $1 ORDER BY number";
    query_all(statement(text, params![file]))
}

/// Takes a part in the place of one with its number, while the file is still uploading. All parts together never have
/// more bytes than the file.
pub(crate) fn put(
    transaction: Transaction,
    file: Uuid,
    number: u16,
    part: &Content,
    now: Timestamp,
) -> Transaction {
    let uploading = "SELECT id FROM files WHERE id = $1 AND status = 'uploading'";
    let doomed = "UPDATE objects SET state = 'doomed', changed_at = $3 WHERE name IN \
                  (SELECT object FROM parts WHERE file_id = $1 AND number = $2)";
    let put = "INSERT INTO parts (file_id, number, object, size, checksum) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (file_id, number) DO UPDATE SET object = excluded.object, size = excluded.size, \
               checksum = excluded.checksum";
    let fits = "SELECT id FROM files WHERE id = $1 AND file_size >= \
                (SELECT CAST(SUM(size) AS BIGINT) FROM parts WHERE file_id = $1)";
    transaction
        .execute(statement(uploading, params![file]).expect_rows(1))
        .on_missing(|| FileError::Complete.into())
        .execute(statement(doomed, params![file, number, now]))
        .execute(super::objects::keep(part.object, now))
        .execute(statement(put, params![file, number, part.object, part.size, part.checksum]))
        .execute(statement(fits, params![file]).expect_rows(1))
        .on_missing(|| FileError::PartsTooLarge.into())
}

/// Forgets the parts of a file.
pub(crate) fn remove_all(file: Uuid) -> Statement {
    statement("DELETE FROM parts WHERE file_id = $1", params![file])
}
