//! The collection of entries.

use lyceum_kit::documents::{Collection, Declaration, DocumentsError, Stored};
use lyceum_kit::prelude::*;

use crate::domain::Entry;

pub(crate) static ENTRIES: Collection<Entry> = Collection::new("entries");

pub(crate) fn collections() -> Vec<Declaration> {
    vec![
        Declaration::new(&ENTRIES)
            .index("by_time", &["keys.time"])
            .index("by_kind", &["keys.kind"])
            .index("by_student", &["keys.student"])
            .index("by_student_kind", &["keys.student_kind"])
            .index("by_course", &["keys.course"])
            .index("by_course_kind", &["keys.course_kind"])
            // For the erasure of who wrote them.
            .index("by_author", &["author_id"]),
    ]
}

/// The id of a stored entry, which is one that the collection gave.
pub(crate) fn id_of(stored: &Stored<Entry>) -> Result<Uuid, DocumentsError> {
    stored.id.parse().map_err(|_| DocumentsError::Body {
        id: stored.id.clone(),
        reason: "its id has another form".to_owned(),
    })
}
