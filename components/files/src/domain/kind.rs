//! Which types of file are taken.

/// The media types that are known, by the extension of the name.
const KNOWN: [(&str, &str); 14] = [
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("epub", "application/epub+zip"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("md", "text/markdown"),
    ("mp4", "video/mp4"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain"),
    ("zip", "application/zip"),
];
/// Anything else that an operator allows.
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file of this name, if its extension is one of those allowed.
pub(crate) fn of_name(name: &str, allowed: &[String]) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    allowed.contains(&extension).then(|| media_type(&extension))
}

fn media_type(extension: &str) -> &'static str {
    KNOWN.iter().find(|(known, _)| *known == extension).map_or(UNKNOWN, |(_, media_type)| media_type)
}

/// Whether a client that states this type means that one. Clients that can't tell say `application/octet-stream`.
pub(crate) fn agrees(stated: &str, media_type: &str) -> bool {
    let essence = stated.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(media_type) || essence.eq_ignore_ascii_case(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides() {
        let allowed = ["pdf", "md", "xyz"].map(str::to_owned);
        assert_eq!(of_name("a.b.PDF", &allowed), Some("application/pdf"));
        assert_eq!(of_name(".md", &allowed), Some("text/markdown"));
        assert_eq!(of_name("a.xyz", &allowed), Some(UNKNOWN));
        for bad in ["", "pdf", "a.", "a.pdf.exe", "a.txt", "a.pdf "] {
            assert_eq!(of_name(bad, &allowed), None, "{bad}");
        }
    }

    #[test]
    fn a_stated_type_must_agree() {
        assert!(agrees("Text/Plain; charset=utf-8", "text/plain"));
        assert!(agrees("application/octet-stream", "text/plain"));
        assert!(!agrees("text/html", "text/plain"));
        assert!(!agrees("", "text/plain"));
    }
}
