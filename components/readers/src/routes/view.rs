//! A reader as clients see them.

use lyceum_kit::pictures::PictureView;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Reader, ReaderFields};

/// A reader.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReaderView {
    id: Uuid,
    /// The year in which they were added and a count in it, such as `2026/17`. It never changes.
    number: String,
    #[serde(flatten)]
    fields: ReaderFields,
    /// What is at `/api/v1/readers/{id}/photo`; null without a photo.
    photo: Option<PictureView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Reader> for ReaderView {
    fn from(reader: Reader) -> Self {
        let fields = reader.fields();
        let Reader { id, number, photo, created_at, updated_at, .. } = reader;
        let photo = photo.map(|AsJson(photo)| photo.into());
        Self { id, number, fields, photo, created_at, updated_at }
    }
}
