//! The kinds of books.

use lyceum_kit::prelude::{Timestamp, Uuid};
use serde::{Deserialize, Serialize};

use crate::event;

/// A librarian added a genre.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GenreAdded {
    /// The genre.
    pub genre_id: Uuid,
    /// Unlike that of every other genre, in whatever case and with whatever accents.
    pub name: String,
    /// The genre that it is a part of; none at the top.
    pub parent_id: Option<Uuid>,
    /// Whether no more books get it.
    pub archived: bool,
    /// When it was added.
    pub added_at: Timestamp,
}
event!(GenreAdded, "lyceum.genres.GenreAdded.v1", about "genre" in genre_id);

/// A genre has another name, description or place, was archived, or is in use again: the genre as it is now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GenreChanged {
    /// The genre.
    pub genre_id: Uuid,
    /// Unlike that of every other genre, in whatever case and with whatever accents.
    pub name: String,
    /// The genre that it is a part of; none at the top.
    pub parent_id: Option<Uuid>,
    /// Whether no more books get it.
    pub archived: bool,
    /// When it was changed.
    pub changed_at: Timestamp,
}
event!(GenreChanged, "lyceum.genres.GenreChanged.v1", about "genre" in genre_id);

/// A genre that was archived is gone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GenreRemoved {
    /// The genre.
    pub genre_id: Uuid,
    /// When it was deleted.
    pub removed_at: Timestamp,
}
event!(GenreRemoved, "lyceum.genres.GenreRemoved.v1", about "genre" in genre_id);

/// A job of genres is to go on, such as an import.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobContinued {
    /// The job.
    pub job_id: Uuid,
}
event!(JobContinued, "lyceum.genres.JobContinued.v1", about "job" in job_id);
