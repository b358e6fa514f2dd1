//! A file, and the rules for it.

pub(crate) mod digest;
pub(crate) mod disposition;
pub(crate) mod kind;
pub(crate) mod link;
pub(crate) mod new_file;
pub(crate) mod range;
pub(crate) mod rules;

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use digest::Sha256Digest;

/// How far a file is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Its content is still to come.
    Uploading,
    /// Its content can be read.
    Available,
    /// Nobody sees it any more.
    Deleted,
}

impl Status {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Available => "available",
            Self::Deleted => "deleted",
        }
    }
}

impl FromValue for Status {
    fn from_value(value: Value) -> Option<Self> {
        let name = String::from_value(value)?;
        [Self::Uploading, Self::Available, Self::Deleted].into_iter().find(|status| status.name() == name)
    }
}

/// A file.
#[allow(clippy::struct_field_names, reason = "the API names them so")]
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: Uuid,
    pub(crate) user_id: String,
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

    /// Its size in bytes.
    pub(crate) fn size(&self) -> u64 {
        u64::try_from(self.file_size).unwrap_or_default()
    }

    /// Whether this person may see and change it: it is theirs, or they are an administrator.
    pub(crate) fn is_for(&self, caller: &Caller) -> bool {
        self.user_id == caller.user_id || caller.has(Role::Admin)
    }

    /// Fails unless its content is still to come.
    pub(crate) fn must_be_uploading(&self) -> Result<(), Problem> {
        if self.status == Status::Uploading { Ok(()) } else { Err(complete()) }
    }

    /// The object with its content; fails while there is none.
    pub(crate) fn content(&self) -> Result<(Uuid, Sha256Digest), Problem> {
        let missing =
            || Problem::conflict("FILE_INCOMPLETE", "The file's content has not been uploaded yet.");
        match (self.status, self.object, self.checksum) {
            (Status::Available, Some(object), Some(checksum)) => Ok((object, checksum)),
            _ => Err(missing()),
        }
    }
}

/// 409: the content is there, and doesn't change.
pub(crate) fn complete() -> Problem {
    Problem::conflict("FILE_COMPLETE", "The file has its content, which doesn't change; upload another file.")
}
