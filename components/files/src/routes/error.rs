//! What a broken rule is in HTTP.

use lyceum_kit::prelude::*;

use crate::domain::error::{FileError, LinkError, RulesError};

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        let detail = error.to_string();
        match error {
            FileError::Invalid(invalid) => invalid.into(),
            FileError::TypeNotAllowed(_) => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "FILE_TYPE_NOT_ALLOWED", detail)
            }
            FileError::TypeMismatch(_) => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "FILE_TYPE_MISMATCH", detail)
            }
            FileError::TooLarge(_) => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE", detail),
            FileError::QuotaExceeded(_) => Self::conflict("QUOTA_EXCEEDED", detail),
            FileError::Complete => Self::conflict("FILE_COMPLETE", detail),
            FileError::Incomplete => Self::conflict("FILE_INCOMPLETE", detail),
            FileError::SizeMismatch { .. } => Self::unprocessable("SIZE_MISMATCH", detail),
            FileError::ChecksumMismatch { .. } => Self::unprocessable("CHECKSUM_MISMATCH", detail),
            FileError::PartsMissing => Self::unprocessable("PARTS_MISSING", detail),
            FileError::PartsTooLarge => Self::unprocessable("PARTS_TOO_LARGE", detail),
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        let code = match &error {
            LinkError::Forged => "LINK_INVALID",
            LinkError::Expired => "LINK_EXPIRED",
            LinkError::Key(error) => return error.clone().into(),
        };
        Self::new(StatusCode::FORBIDDEN, code, error.to_string())
    }
}

/// The operator's fault, and not the client's.
impl From<RulesError> for Problem {
    fn from(error: RulesError) -> Self {
        log::error(error.to_string());
        Self::internal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lyceum_kit::blobs::Sha256Digest;

    #[test]
    fn each_broken_rule_has_its_status_and_code() {
        let (came, stated) = (Sha256Digest([1; 32]), Sha256Digest([2; 32]));
        for (error, status, code) in [
            (FileError::TypeNotAllowed("pdf".into()), 415, "FILE_TYPE_NOT_ALLOWED"),
            (FileError::TypeMismatch("text/csv".into()), 415, "FILE_TYPE_MISMATCH"),
            (FileError::TooLarge(7), 413, "FILE_TOO_LARGE"),
            (FileError::QuotaExceeded(7), 409, "QUOTA_EXCEEDED"),
            (FileError::Complete, 409, "FILE_COMPLETE"),
            (FileError::Incomplete, 409, "FILE_INCOMPLETE"),
            (FileError::SizeMismatch { came: 1, announced: 2 }, 422, "SIZE_MISMATCH"),
            (FileError::ChecksumMismatch { came, stated }, 422, "CHECKSUM_MISMATCH"),
            (FileError::PartsMissing, 422, "PARTS_MISSING"),
            (FileError::PartsTooLarge, 422, "PARTS_TOO_LARGE"),
        ] {
            let problem = Problem::from(error);
            assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
        }
        for (error, code) in [(LinkError::Forged, "LINK_INVALID"), (LinkError::Expired, "LINK_EXPIRED")] {
            let problem = Problem::from(error);
            assert_eq!((problem.status().as_u16(), problem.code()), (403, code));
        }
        assert_eq!(Problem::from(RulesError::NotANumber("quota")).status(), 500);
    }
}
