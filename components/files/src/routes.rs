//! The routes of `/api/v1/files`.

mod content;
mod error;
mod form;
mod links;
mod metadata;
mod parts;

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{File, Status};
use crate::store;

pub(crate) fn routes() -> Routes {
    Routes::new("Files", "What people upload: in one request or in parts, and read by ranges.")
        .add(Access::SignedIn, route!(metadata::create))
        .add(Access::SignedIn, route!(metadata::list))
        // Content is too large to be remembered with a key. To put it twice is as good as once.
        .add(Access::SignedIn, route!(form::upload).without_idempotency())
        .add(Access::SignedIn, route!(metadata::show))
        .add(Access::SignedIn, route!(metadata::delete))
        .add(Access::SignedIn, route!(content::put).without_idempotency())
        .add(Access::SignedIn, route!(content::get))
        .add(Access::SignedIn, route!(parts::put).without_idempotency())
        .add(Access::SignedIn, route!(parts::list))
        .add(Access::SignedIn, route!(parts::complete))
        .add(Access::SignedIn, route!(links::make))
        .add(Access::Anyone, route!(links::follow))
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
struct FileView {
    id: Uuid,
    /// The owner.
    #[schema(value_type = String)]
    user_id: UserId,
    original_filename: String,
    mime_type: String,
    /// In bytes.
    file_size: i64,
    /// SHA-256 in hexadecimal; null if it is neither stored nor announced.
    checksum: Option<String>,
    service_name: String,
    entity_type: Option<String>,
    entity_id: Option<String>,
    status: Status,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When the upload is given up if it isn't complete; null once it is.
    expires_at: Option<Timestamp>,
}

impl From<File> for FileView {
    fn from(file: File) -> Self {
        let uploading = file.status == Status::Uploading;
        Self {
            id: file.id,
            user_id: file.user_id,
            original_filename: file.original_filename,
            mime_type: file.mime_type,
            file_size: file.file_size,
            checksum: file.checksum.map(|checksum| checksum.to_string()),
            service_name: file.service_name,
            entity_type: file.entity_type,
            entity_id: file.entity_id,
            status: file.status,
            created_at: file.created_at,
            updated_at: file.updated_at,
            expires_at: uploading.then_some(file.expires_at),
        }
    }
}

fn answer(file: File) -> Response {
    tagged(&file.tag(), Json(FileView::from(file)))
}

fn answer_created(file: File) -> Response {
    let (tag, location) = (file.tag(), format!("/api/v1/files/{}", file.id));
    tagged(&tag, created(&location, Json(FileView::from(file))))
}

fn not_found() -> Problem {
    Problem::not_found("There is no such file.")
}

/// The file, if the caller may have it; nobody else learns whether there is one.
fn find(caller: &Caller, id: Uuid) -> Result<File, Problem> {
    store::find(id)?.filter(|file| file.is_for(caller)).ok_or_else(not_found)
}
