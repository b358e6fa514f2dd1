//! Photos of authors.

use lyceum_kit::pictures::Pictures;

/// A photo has a megabyte at most.
pub(crate) const PHOTOS: Pictures =
    Pictures { container: "photos", accepted: "image/png, image/jpeg", limit: 1_000_000 };
