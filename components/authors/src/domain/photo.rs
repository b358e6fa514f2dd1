//! An author's photo.

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};

/// The most bytes that a photo has.
pub(crate) const PHOTO_LIMIT: usize = 1_000_000;

text_enum! {
    /// A type of image.
    pub(crate) enum ImageType {
        /// PNG (ISO/IEC 15948).
        Png = "image/png",
        /// JPEG (ISO/IEC 10918-1).
        Jpeg = "image/jpeg",
    }
}

/// What is stored as a photo.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Photo {
    /// The object in the container.
    pub(crate) object: Uuid,
    pub(crate) content_type: ImageType,
    /// In bytes.
    pub(crate) size: u64,
    /// SHA-256 in hexadecimal.
    pub(crate) checksum: String,
}

impl Photo {
    /// Of its content.
    pub(crate) fn tag(&self) -> EntityTag {
        EntityTag::of_digest(&self.checksum)
    }
}

impl ImageType {
    /// The type that a media type names, parameters aside.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(essence))
    }

    /// Whether a content begins as this type does.
    pub(crate) fn begins(self, content: &[u8]) -> bool {
        let signature: &[u8] = match self {
            // PNG, section 5.2.
            Self::Png => b"\x89PNG\r\n\x1a\n",
            // SOI, and the first byte of another marker.
            Self::Jpeg => b"\xff\xd8\xff",
        };
        content.starts_with(signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_by_its_media_type_and_seen_by_its_first_bytes() {
        assert_eq!(ImageType::of_media_type("Image/PNG; q=1"), Some(ImageType::Png));
        assert_eq!(ImageType::of_media_type("image/jpeg"), Some(ImageType::Jpeg));
        for other in ["", "image/gif", "image/svg+xml", "png"] {
            assert_eq!(ImageType::of_media_type(other), None, "{other}");
        }
        assert!(ImageType::Png.begins(b"\x89PNG\r\n\x1a\n..") && ImageType::Jpeg.begins(b"\xff\xd8\xff\xe0"));
        for content in [b"".as_slice(), b"\x89PNG", b"<svg", b"\xff\xd8"] {
            assert!(ImageType::ALL.iter().all(|kind| !kind.begins(content)), "{content:?}");
        }
    }
}
