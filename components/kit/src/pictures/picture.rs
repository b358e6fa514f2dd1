//! What a picture is.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{blobs::Sha256Digest, dialect::LibraryPhoto, entity_tag::EntityTag, text_enum};

text_enum! {
    /// A type of picture: formats that every browser shows, and that hold nothing but a picture.
    pub enum PictureType {
        /// PNG (ISO/IEC 15948).
        Png = "image/png",
        /// JPEG (ISO/IEC 10918-1).
        Jpeg = "image/jpeg",
        /// WebP (RFC 9649).
        Webp = "image/webp",
    }
}

impl PictureType {
    /// The type that a media type names, parameters aside.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(essence))
    }

    /// Whether a content begins as this type does.
    pub fn begins(self, content: &[u8]) -> bool {
        match self {
            // PNG, section 5.2.
            Self::Png => content.starts_with(b"\x89PNG\r\n\x1a\n"),
            // SOI, and the first byte of another marker.
            Self::Jpeg => content.starts_with(b"\xff\xd8\xff"),
            // RFC 9649, section 2.4.
            Self::Webp => content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP"),
        }
    }
}

/// What is stored as a picture: a value of its row, as JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Picture {
    /// The object in the container.
    pub object: Uuid,
    /// What the object is.
    #[serde(alias = "content_type")]
    pub media_type: PictureType,
    /// In bytes.
    pub size: u64,
    /// SHA-256 in hexadecimal.
    #[serde(alias = "checksum")]
    pub sha256: String,
}

impl Picture {
    /// The tag of its content, which no other content has.
    pub fn tag(&self) -> EntityTag {
        EntityTag::of_digest(&self.sha256)
    }
}

/// A picture that was sent and is not stored yet.
#[derive(Clone, Debug)]
pub struct NewPicture {
    /// What it is.
    pub media_type: PictureType,
    /// Its bytes.
    pub content: Bytes,
}

impl NewPicture {
    /// Whether this is stored already as that picture.
    pub fn is(&self, picture: &Picture) -> bool {
        picture.media_type == self.media_type && picture.sha256 == Sha256Digest::of(&self.content).to_string()
    }
}

/// What it is says its name, as with the library.
impl From<LibraryPhoto> for NewPicture {
    fn from(LibraryPhoto { is_png, content }: LibraryPhoto) -> Self {
        Self { media_type: if is_png { PictureType::Png } else { PictureType::Jpeg }, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_by_its_media_type_and_seen_by_its_first_bytes() {
        assert_eq!(PictureType::of_media_type("Image/PNG; q=1"), Some(PictureType::Png));
        for other in ["", "image/gif", "image/svg+xml", "png"] {
            assert_eq!(PictureType::of_media_type(other), None, "{other}");
        }
        for (content, known) in [
            (b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice(), Some(PictureType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0", Some(PictureType::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(PictureType::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"GIF89a", None),
            (b"\xff\xd8", None),
            (b"\x89PNG", None),
            (b"", None),
        ] {
            assert_eq!(PictureType::ALL.into_iter().find(|kind| kind.begins(content)), known, "{content:?}");
        }
    }

    #[test]
    fn a_picture_is_read_by_the_names_that_its_members_had_before() {
        let (object, sha256) = (Uuid::nil(), "ab");
        let before = serde_json::json!({ "object": object, "content_type": "image/png", "size": 1, "checksum": sha256 });
        let now =
            serde_json::json!({ "object": object, "media_type": "image/png", "size": 1, "sha256": sha256 });
        let read = |value| serde_json::from_value::<Picture>(value).unwrap();
        assert_eq!(read(before), read(now));
    }
}
