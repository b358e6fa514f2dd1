//! A file that is to be uploaded.

use lyceum_kit::blobs::Sha256Digest;
use lyceum_kit::{prelude::*, text};
use serde::Deserialize;
use utoipa::ToSchema;

use super::error::FileError;
use super::rules::{Rules, UPLOAD_LIFE};
use super::{File, Status, kind};

/// What an upload announces.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFile {
    /// The name with its extension, which decides whether files of this type are taken; at most 255 characters. Of a
    /// path only the last part is kept.
    pub(crate) original_filename: String,
    /// In bytes.
    pub(crate) file_size: i64,
    /// The media type; if given, it must be that of the extension.
    #[serde(default)]
    pub(crate) mime_type: Option<String>,
    /// SHA-256 in hexadecimal; if given, the content is held against it.
    #[serde(default)]
    pub(crate) checksum: Option<String>,
    /// Which service the file is for, in at most 50 characters; `files` itself if not given.
    #[serde(default)]
    pub(crate) service_name: Option<String>,
    /// What kind of thing it belongs to, in at most 50 characters.
    #[serde(default)]
    pub(crate) entity_type: Option<String>,
    /// Which of them, in at most 100 characters.
    #[serde(default)]
    pub(crate) entity_id: Option<String>,
}

impl NewFile {
    /// The file, if the rules allow it.
    pub(crate) fn checked(self, owner: UserId, rules: &Rules) -> Result<File, FileError> {
        let Self { original_filename, file_size, mime_type, checksum, service_name, entity_type, entity_id } =
            self;
        let mut fields = Validation::new();
        let name = fields.take("/original_filename", text::file_name(&original_filename));
        fields.check("/file_size", file_size >= 0, "TOO_SMALL", "Must be at least 0.");
        let digest = checksum.map(|text| {
            let wrong = || Violation::new("MALFORMED", "Must be a SHA-256: 64 hexadecimal digits.");
            fields.take("/checksum", Sha256Digest::from_hex(&text).ok_or_else(wrong))
        });
        for (pointer, value, limit) in [
            ("/service_name", &service_name, 50),
            ("/entity_type", &entity_type, 50),
            ("/entity_id", &entity_id, 100),
        ] {
            fields.take(pointer, text::optional(value.as_ref(), |text| text::required_line(text, limit)));
        }
        fields.into_result()?;
        // There is one, or its violation was noted.
        let original_filename = name.unwrap_or_default();
        let known = kind::of_name(&original_filename, &rules.allowed);
        let agreed = known.filter(|known| mime_type.is_none_or(|stated| kind::agrees(&stated, known)));
        let mime_type = agreed.ok_or_else(|| FileError::TypeNotAllowed(rules.allowed.join(", ")))?;
        if file_size > rules.largest {
            return Err(FileError::TooLarge(rules.largest));
        }
        let now = clock::now();
        Ok(File {
            id: ids::new(),
            user_id: owner,
            original_filename,
            mime_type: mime_type.to_owned(),
            file_size,
            checksum: digest.flatten(),
            service_name: service_name.unwrap_or_else(|| "files".to_owned()),
            entity_type,
            entity_id,
            status: Status::Uploading,
            object: None,
            version: 1,
            created_at: now,
            updated_at: now,
            expires_at: now.plus(UPLOAD_LIFE),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(change: impl FnOnce(&mut NewFile)) -> Result<File, FileError> {
        let rules = Rules { largest: 100, quota: 1000, allowed: vec!["pdf".into()] };
        let mut new =
            NewFile { original_filename: "Notes ü.pdf".into(), file_size: 100, ..NewFile::default() };
        change(&mut new);
        new.checked(Uuid::nil().into(), &rules)
    }

    #[test]
    fn a_file_is_as_announced() {
        let file = checked(|_| ()).unwrap();
        assert_eq!((file.mime_type.as_str(), file.service_name.as_str()), ("application/pdf", "files"));
        assert_eq!(file.status, Status::Uploading);
        assert!(checked(|new| new.mime_type = Some("application/PDF".into())).is_ok());
        assert!(checked(|new| new.checksum = Some("0A".repeat(32))).is_ok());
        assert!(checked(|new| new.file_size = 0).is_ok());
    }

    #[test]
    fn of_a_path_only_the_last_part_is_kept() {
        for path in ["../../p.pdf", "C:\\dir\\p.pdf", "/p.pdf"] {
            let file = checked(|new| new.original_filename = path.into()).unwrap();
            assert_eq!(file.original_filename, "p.pdf", "{path}");
        }
    }

    #[test]
    fn what_the_rules_forbid_is_refused() {
        for name in ["", "a\n.pdf", " ", "..", "notes.pdf/", &format!("{}.pdf", "x".repeat(252))] {
            assert!(
                matches!(checked(|new| new.original_filename = name.into()), Err(FileError::Invalid(_))),
                "{name:?}"
            );
        }
        for name in ["notes", "notes.exe", "pdf"] {
            assert!(
                matches!(
                    checked(|new| new.original_filename = name.into()),
                    Err(FileError::TypeNotAllowed(_))
                ),
                "{name}"
            );
        }
        assert!(matches!(
            checked(|new| new.mime_type = Some("text/html".into())),
            Err(FileError::TypeNotAllowed(_))
        ));
        assert!(matches!(checked(|new| new.file_size = 101), Err(FileError::TooLarge(100))));
        assert!(matches!(checked(|new| new.file_size = -1), Err(FileError::Invalid(_))));
        assert!(matches!(checked(|new| new.checksum = Some("0A".into())), Err(FileError::Invalid(_))));
        assert!(matches!(checked(|new| new.entity_id = Some("x".repeat(101))), Err(FileError::Invalid(_))));
        assert!(matches!(checked(|new| new.service_name = Some(String::new())), Err(FileError::Invalid(_))));
    }
}
