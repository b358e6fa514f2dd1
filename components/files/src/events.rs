//! What files publishes, and what it does on events.

use lyceum_kit::periodic::{self, Job, every, minutes};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::File;
use crate::sweeping;

/// A file has its content.
#[derive(Debug, Serialize)]
pub(crate) struct FileUploaded<'a> {
    file_id: Uuid,
    user_id: UserId,
    original_filename: &'a str,
    mime_type: &'a str,
    file_size: i64,
    /// SHA-256 in hexadecimal.
    checksum: String,
    service_name: &'a str,
    entity_type: Option<&'a str>,
    entity_id: Option<&'a str>,
    uploaded_at: Timestamp,
}

impl<'a> FileUploaded<'a> {
    pub(crate) fn of(file: &'a File) -> Self {
        Self {
            file_id: file.id,
            user_id: file.user_id,
            original_filename: &file.original_filename,
            mime_type: &file.mime_type,
            file_size: file.file_size,
            checksum: file.checksum.map(|checksum| checksum.to_string()).unwrap_or_default(),
            service_name: &file.service_name,
            entity_type: file.entity_type.as_deref(),
            entity_id: file.entity_id.as_deref(),
            uploaded_at: file.updated_at,
        }
    }
}

/// A file, or its upload, was deleted by somebody.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct FileDeleted {
    pub(crate) file_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) deleted_at: Timestamp,
}

impl Event for FileUploaded<'_> {
    const KIND: &'static str = "lyceum.files.FileUploaded.v1";
    const AGGREGATE_TYPE: &'static str = "file";
    fn aggregate_id(&self) -> String {
        self.file_id.to_string()
    }
}

impl Event for FileDeleted {
    const KIND: &'static str = "lyceum.files.FileDeleted.v1";
    const AGGREGATE_TYPE: &'static str = "file";
    fn aggregate_id(&self) -> String {
        self.file_id.to_string()
    }
}

const JOBS: &[Job] = &[
    every(minutes(1), "expired-uploads", sweeping::give_up_expired),
    every(minutes(1), "unfinished-objects", sweeping::give_up_unfinished),
    every(minutes(1), "doomed-objects", sweeping::remove_doomed),
];

/// Handles an event that files subscribes to.
pub(crate) fn on_event(received: &Received) -> Result<(), EventError> {
    match received.kind.as_str() {
        FileDeleted::KIND => {
            let deleted: FileDeleted = received.decode()?;
            sweeping::remove_objects(&received.without_once(), deleted.file_id)
        }
        "lyceum.tick.minute" => periodic::run(received, JOBS),
        _ => Err(received.unknown()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::domain::Status;
    use crate::domain::digest::Sha256Digest;

    fn check<E: Event>(event: &E, schema: &str) {
        let schema: Json = serde_json::from_str(schema).unwrap();
        assert_eq!(schema["title"], E::KIND);
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let data = serde_json::to_value(event).unwrap();
        let errors: Vec<String> = validator.iter_errors(&data).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let known = schema["properties"].as_object().unwrap();
        assert!(data.as_object().unwrap().keys().all(|field| known.contains_key(field)), "{data}");
    }

    #[test]
    fn published_events_are_as_their_schemas_say() {
        let now = clock::now();
        let file = |entity: Option<&str>| File {
            id: ids::new(),
            user_id: ids::new().into(),
            original_filename: "notes.pdf".into(),
            mime_type: "application/pdf".into(),
            file_size: 7,
            checksum: Some(Sha256Digest([7; 32])),
            service_name: "files".into(),
            entity_type: entity.map(Into::into),
            entity_id: entity.map(Into::into),
            status: Status::Available,
            object: Some(ids::new()),
            version: 2,
            created_at: now,
            updated_at: now,
            expires_at: now,
        };
        for file in [file(None), file(Some("syllabus"))] {
            check(&FileUploaded::of(&file), include_str!("../events/FileUploaded.v1.schema.json"));
            let deleted = FileDeleted { file_id: file.id, user_id: file.user_id, deleted_at: now };
            check(&deleted, include_str!("../events/FileDeleted.v1.schema.json"));
        }
    }

    #[test]
    fn an_unknown_event_is_an_error_and_not_forgotten() {
        let body = br#"{"id":"e1","type":"lyceum.other.Thing.v1","source":"/services/other"}"#;
        let received = Received::parse("files", body).unwrap();
        assert!(on_event(&received).unwrap_err().to_string().contains("lyceum.other.Thing.v1"));
    }
}
