//! An assignment of a published version, as `courses` tells it. It never changes.

use lyceum_kit::prelude::{Timestamp, Uuid};
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};

use super::late::Late;
use super::points::Points;
use super::rubric::Rubric;

text_enum! {
    /// What is handed in.
    pub(crate) enum SubmissionType {
        /// A text.
        Text = "text",
        /// A file.
        File = "file",
        /// An address.
        Link = "link",
    }
}

/// An assignment.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Assignment {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) submission_types: Vec<SubmissionType>,
    pub(crate) points_possible: Points,
    #[serde(default)]
    pub(crate) opens_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) due_at: Option<Timestamp>,
    /// Nothing is taken afterwards, whatever the policy for what is late.
    #[serde(default)]
    pub(crate) closes_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) late: Late,
    /// How often something else may be handed in once it was.
    #[serde(default)]
    pub(crate) resubmissions: i64,
    #[serde(default)]
    pub(crate) rubric: Option<Rubric>,
}
