//! A file, and the rules for it.

pub(crate) mod error;
pub(crate) mod kind;
pub(crate) mod link;
pub(crate) mod new_file;
pub(crate) mod rules;

use lyceum_event_types::files::FileUploaded;
use lyceum_kit::{blobs::Sha256Digest, prelude::*, text_enum};

use error::FileError;

text_enum! {
    /// How far a file is.
    pub(crate) enum Status {
        /// Its content is still to come.
        Uploading = "uploading",
        /// Its content can be read.
        Available = "available",
        /// Nobody sees it any more.
        Deleted = "deleted",
    }
}

/// A file.
#[allow(clippy::struct_field_names, reason = "the API names them so")]
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) original_filename: String,
    pub(crate) mime_type: String,
    pub(crate) file_size: i64,
    pub(crate) checksum: Option<Sha256Digest>,
    pub(crate) service_name: String,
    pub(crate) entity_type: Option<String>,
    pub(crate) entity_id: Option<String>,
    pub(crate) status: Status,
    pub(crate) object: Option<Uuid>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl File {
    pub(crate) fn tag(&self) -> EntityTag {
        EntityTag::of_version(self.version)
    }

    /// The tag of its content, which never changes; none while that is still to come.
    pub(crate) fn content_tag(&self) -> Option<EntityTag> {
        self.content().ok().map(|(_, checksum)| EntityTag::of_digest(&checksum))
    }

    /// What is published once it has its content.
    pub(crate) fn uploaded(&self) -> FileUploaded {
        FileUploaded {
            file_id: self.id,
            user_id: self.user_id,
            original_filename: self.original_filename.clone(),
            mime_type: self.mime_type.clone(),
            file_size: self.file_size,
            checksum: self.checksum.map(|checksum| checksum.to_string()).unwrap_or_default(),
            service_name: self.service_name.clone(),
            entity_type: self.entity_type.clone(),
            entity_id: self.entity_id.clone(),
            uploaded_at: self.updated_at,
        }
    }

    /// Its size in bytes.
    pub(crate) fn size(&self) -> u64 {
        u64::try_from(self.file_size).unwrap_or_default()
    }

    /// Whether this person may see and change it: it is theirs, or they are an administrator.
    pub(crate) fn is_for(&self, caller: &Caller) -> bool {
        caller.owns(self.user_id)
    }

    /// Fails unless its content is still to come.
    pub(crate) fn must_be_uploading(&self) -> Result<(), FileError> {
        if self.status == Status::Uploading { Ok(()) } else { Err(FileError::Complete) }
    }

    /// The object with its content; fails while there is none.
    pub(crate) fn content(&self) -> Result<(Uuid, Sha256Digest), FileError> {
        match (self.status, self.object, self.checksum) {
            (Status::Available, Some(object), Some(checksum)) => Ok((object, checksum)),
            _ => Err(FileError::Incomplete),
        }
    }
}
