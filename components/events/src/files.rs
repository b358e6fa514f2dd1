//! Uploaded files.

use lyceum_kit::prelude::{Timestamp, UserId, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// A file has its content.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FileUploaded {
    /// The file.
    pub file_id: Uuid,
    /// The owner.
    pub user_id: UserId,
    /// As its owner named it.
    pub original_filename: String,
    /// As its owner stated it.
    pub mime_type: String,
    /// In bytes.
    pub file_size: i64,
    /// SHA-256 of the content, in hexadecimal.
    pub checksum: String,
    /// Which service it is for.
    pub service_name: String,
    /// What sort of thing it belongs to.
    pub entity_type: Option<String>,
    /// Which one of them.
    pub entity_id: Option<String>,
    /// When it had its content.
    pub uploaded_at: Timestamp,
}
event!(FileUploaded, "lyceum.files.FileUploaded.v1", about "file" in file_id);

/// A file, or its upload, was deleted by somebody.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FileDeleted {
    /// The file.
    pub file_id: Uuid,
    /// The owner.
    pub user_id: UserId,
    /// When it was deleted.
    pub deleted_at: Timestamp,
}
event!(FileDeleted, "lyceum.files.FileDeleted.v1", about "file" in file_id);
