//! Assignments: what lessons of type `assignment` hold. An assignment has the id of its lesson, in each version.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::TextFormat;
use super::decimal::Decimal;
use super::{markup, question};

const INSTRUCTIONS: usize = 50_000;
const CRITERIA: usize = 50;
const LEVELS: usize = 10;
const RESUBMISSIONS: i64 = 100;

text_enum! {
    /// What is handed in.
    pub(crate) enum SubmissionType {
        /// A text.
        Text = "text",
        /// A file.
        File = "file",
        /// Something on the web.
        Link = "link",
    }
}

text_enum! {
    /// What becomes of what is handed in after it was due.
    pub(crate) enum LateKind {
        /// It is refused.
        Refuse = "refuse",
        /// It is taken as if it weren't late.
        Accept = "accept",
        /// It is taken, and is worth less.
        Deduct = "deduct",
    }
}

/// What becomes of what is handed in late.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Late {
    pub(crate) kind: LateKind,
    /// Of `deduct` alone, which has it: how much of what was reached is taken away for each day that began.
    #[schema(minimum = 1, maximum = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) percent_per_day: Option<i64>,
    /// Of `deduct` alone: at most so much is taken away; 100 if not given.
    #[schema(minimum = 1, maximum = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) maximum_percent: Option<i64>,
}

const fn refuse() -> Late {
    Late { kind: LateKind::Refuse, percent_per_day: None, maximum_percent: None }
}

/// What an instructor says of an assignment.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignmentFields {
    /// What is to be done, in Markdown: 1 to 50,000 characters.
    pub(crate) instructions: String,
    /// At least one, none twice.
    pub(crate) submission_types: Vec<SubmissionType>,
    /// From 0 to 10,000, with at most 4 digits behind the point. With a rubric it is the sum of the criteria's, and may be left out.
    pub(crate) points_possible: Option<Decimal>,
    pub(crate) opens_at: Option<Timestamp>,
    /// After it opens.
    pub(crate) due_at: Option<Timestamp>,
    /// Nothing is taken afterwards; not before it is due.
    pub(crate) closes_at: Option<Timestamp>,
    /// What is late is refused if not given.
    #[serde(default = "refuse")]
    pub(crate) late: Late,
    /// How often somebody may hand in something else, up to 100; 0 if not given.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    pub(crate) resubmissions: i64,
    /// By which it is graded.
    pub(crate) rubric: Option<Rubric>,
}

/// Criteria by which something is graded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rubric {
    /// 1 to 50.
    pub(crate) criteria: Vec<Criterion>,
}

/// A criterion.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Criterion {
    /// Made if not given.
    #[serde(default = "ids::new")]
    pub(crate) id: Uuid,
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// At most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// That of its best level.
    pub(crate) points_possible: Decimal,
    /// 1 to 10.
    pub(crate) levels: Vec<Level>,
}

/// How well a criterion is met.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    /// Made if not given.
    #[serde(default = "ids::new")]
    pub(crate) id: Uuid,
    /// One line of 1 to 200 characters.
    pub(crate) title: String,
    /// At most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// From 0 to those of its criterion.
    pub(crate) points: Decimal,
}

impl AssignmentFields {
    pub(super) fn check(&self, at: &str, valid: &mut Validation) {
        let pointer = format!("{at}/instructions");
        let said = !self.instructions.trim().is_empty();
        valid.check(&pointer, said, "REQUIRED", "Must say what is to be done.");
        valid.take(&pointer, text::paragraphs(&self.instructions, INSTRUCTIONS));
        let kinds: BTreeSet<SubmissionType> = self.submission_types.iter().copied().collect();
        let pointer = format!("{at}/submission_types");
        valid.check(&pointer, !kinds.is_empty(), "REQUIRED", "Something can be handed in.");
        valid.check(&pointer, kinds.len() == self.submission_types.len(), "REPEATED", "One is there twice.");
        let few = (0..=RESUBMISSIONS).contains(&self.resubmissions);
        valid.check(&format!("{at}/resubmissions"), few, "OUT_OF_RANGE", "Must be from 0 to 100.");
        self.check_points(&format!("{at}/points_possible"), valid);
        self.check_times(at, valid);
        self.late.check(&format!("{at}/late"), valid);
        if let Some(rubric) = &self.rubric {
            rubric.check(&format!("{at}/rubric/criteria"), valid);
        }
    }

    fn check_points(&self, at: &str, valid: &mut Validation) {
        match (self.points_possible, &self.rubric) {
            (None, None) => valid.check(at, false, "REQUIRED", "It is worth something, or has a rubric."),
            (Some(points), Some(rubric)) if points != rubric.points() => {
                valid.check(at, false, "SUM", "Must be the sum of the criteria's points.");
            }
            (points, rubric) => {
                let points = points.or_else(|| rubric.as_ref().map(Rubric::points)).unwrap_or_default();
                valid.take(at, question::points(points));
            }
        }
    }

    fn check_times(&self, at: &str, valid: &mut Validation) {
        let after = |earlier: Option<Timestamp>, later: Option<Timestamp>| {
            earlier.zip(later).is_none_or(|(earlier, later)| earlier < later)
        };
        let due = after(self.opens_at, self.due_at);
        valid.check(&format!("{at}/due_at"), due, "OUT_OF_RANGE", "Must be after it opens.");
        let closes = after(self.opens_at, self.closes_at)
            && self.due_at.zip(self.closes_at).is_none_or(|(due, closes)| due <= closes);
        let pointer = format!("{at}/closes_at");
        valid.check(&pointer, closes, "OUT_OF_RANGE", "Must be after it opens, and not before it is due.");
    }

    /// With the points that its rubric adds up to.
    pub(crate) fn complete(self) -> Self {
        let points_possible = self.points_possible.or_else(|| self.rubric.as_ref().map(Rubric::points));
        Self { points_possible, ..self }
    }
}

impl Late {
    fn check(&self, at: &str, valid: &mut Validation) {
        let deducts = self.kind == LateKind::Deduct;
        let per_day = format!("{at}/percent_per_day");
        let needed = !deducts || self.percent_per_day.is_some();
        valid.check(&per_day, needed, "REQUIRED", "Must say how much is taken away.");
        for (pointer, percent) in
            [(per_day, self.percent_per_day), (format!("{at}/maximum_percent"), self.maximum_percent)]
        {
            let alone = deducts || percent.is_none();
            valid.check(&pointer, alone, "NOT_ALLOWED", "Only `deduct` takes something away.");
            let inside = percent.is_none_or(|percent| (1..=100).contains(&percent));
            valid.check(&pointer, inside, "OUT_OF_RANGE", "Must be from 1 to 100.");
        }
    }
}

impl Rubric {
    fn points(&self) -> Decimal {
        Decimal::sum(self.criteria.iter().map(|criterion| criterion.points_possible))
    }

    fn check(&self, at: &str, valid: &mut Validation) {
        valid.check(at, !self.criteria.is_empty(), "REQUIRED", "A rubric has a criterion.");
        valid.check(at, self.criteria.len() <= CRITERIA, "TOO_MANY", "At most 50.");
        let ids: BTreeSet<Uuid> = self.criteria.iter().map(|criterion| criterion.id).collect();
        valid.check(at, ids.len() == self.criteria.len(), "REPEATED", "Two have the same id.");
        for (place, criterion) in self.criteria.iter().enumerate() {
            criterion.check(&format!("{at}/{place}"), valid);
        }
    }
}

impl Criterion {
    fn check(&self, at: &str, valid: &mut Validation) {
        check_words(at, &self.title, self.description.as_ref(), valid);
        valid.take(&format!("{at}/points_possible"), question::points(self.points_possible));
        let pointer = format!("{at}/levels");
        valid.check(&pointer, !self.levels.is_empty(), "REQUIRED", "A criterion has a level.");
        valid.check(&pointer, self.levels.len() <= LEVELS, "TOO_MANY", "At most 10.");
        let ids: BTreeSet<Uuid> = self.levels.iter().map(|level| level.id).collect();
        valid.check(&pointer, ids.len() == self.levels.len(), "REPEATED", "Two have the same id.");
        let best = self.levels.iter().map(|level| level.points).max();
        let reached = best.is_none_or(|best| best == self.points_possible);
        valid.check(&pointer, reached, "SUM", "The best level is worth what the criterion is worth.");
        for (place, level) in self.levels.iter().enumerate() {
            let at = format!("{pointer}/{place}");
            check_words(&at, &level.title, level.description.as_ref(), valid);
            valid.take(&format!("{at}/points"), question::points(level.points));
        }
    }
}

fn check_words(at: &str, title: &str, description: Option<&String>, valid: &mut Validation) {
    valid.take(&format!("{at}/title"), text::required_line(title, 200));
    let description = text::optional(description, |text| text::paragraphs(text, 2_000));
    valid.take(&format!("{at}/description"), description);
}

/// An assignment as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AssignmentView {
    #[serde(flatten)]
    fields: AssignmentFields,
    /// The instructions as HTML that may be put into a page.
    instructions_html: String,
}

impl From<AssignmentFields> for AssignmentView {
    fn from(fields: AssignmentFields) -> Self {
        let instructions_html = markup::to_html(TextFormat::Markdown, &fields.instructions);
        Self { fields, instructions_html }
    }
}

/// An assignment of a published version: for services.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublishedAssignment {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) course_version: i64,
    pub(crate) module_id: Uuid,
    pub(crate) lesson_id: Uuid,
    pub(crate) title: String,
    #[serde(flatten)]
    pub(crate) fields: AssignmentFields,
}
