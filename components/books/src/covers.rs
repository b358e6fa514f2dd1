//! Covers of books.

use lyceum_kit::pictures::Pictures;

/// A cover has 5 MiB at most.
pub(crate) const COVERS: Pictures =
    Pictures { container: "covers", accepted: "image/jpeg, image/png, image/webp", limit: 5 * 1024 * 1024 };
