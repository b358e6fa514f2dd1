//! Grading by criteria, each of which has levels.

use lyceum_kit::prelude::{Validation, Violation};
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fraction::Fraction;
use super::points::Points;

/// What work is judged by.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Rubric {
    pub(crate) criteria: Vec<Criterion>,
}

/// One thing to be judged.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Criterion {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) title: String,
    pub(crate) points_possible: Points,
    #[serde(default)]
    pub(crate) levels: Vec<Level>,
}

/// How good it is.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Level {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) title: String,
    pub(crate) points: Points,
}

/// The judgement by one criterion: a level, or points of one's own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RubricMark {
    /// The criterion.
    pub(crate) criterion_id: String,
    /// The level that is reached.
    pub(crate) level_id: Option<String>,
    /// Points of one's own; the level's if not given.
    pub(crate) points: Option<Points>,
    /// At most 2,000 characters.
    pub(crate) comment: Option<String>,
}

fn wrong(code: &'static str, message: &'static str) -> Violation {
    Violation::new(code, message)
}

impl Criterion {
    fn points(&self, mark: &RubricMark) -> Result<Points, (&'static str, Violation)> {
        let level = mark.level_id.as_ref().map(|id| self.levels.iter().find(|level| level.id == *id));
        let points = match (mark.points, level) {
            (_, Some(None)) => {
                return Err(("level_id", wrong("UNKNOWN_LEVEL", "The criterion has no such level.")));
            }
            (Some(points), _) => points,
            (None, Some(Some(level))) => level.points,
            (None, None) => return Err(("level_id", wrong("REQUIRED", "Name a level or give points."))),
        };
        if points.is_negative() || points > self.points_possible {
            let message = format!("Must be from 0 to {}.", self.points_possible);
            return Err(("points", Violation::new("OUT_OF_RANGE", message)));
        }
        Ok(points)
    }
}

impl Rubric {
    /// What the judgements come to, one for each criterion, whatever their order; or all that is wrong with them.
    pub(crate) fn points(&self, marks: &[RubricMark]) -> Result<Fraction, Invalid> {
        let mut valid = Validation::new();
        let mut sum = Fraction::zero();
        for (at, mark) in marks.iter().enumerate() {
            let pointer = |field: &str| format!("/rubric/{at}/{field}");
            let comment = text::optional(mark.comment.as_ref(), |comment| text::paragraphs(comment, 2_000));
            valid.take(&pointer("comment"), comment);
            let twice = marks.iter().take(at).any(|other| other.criterion_id == mark.criterion_id);
            let criterion = self.criteria.iter().find(|criterion| criterion.id == mark.criterion_id);
            let known = criterion.filter(|_| !twice);
            let known =
                known.ok_or_else(|| wrong("UNKNOWN_CRITERION", "No criterion, or one that is named twice."));
            let Some(criterion) = valid.take(&pointer("criterion_id"), known) else { continue };
            match criterion.points(mark) {
                Ok(points) => sum = sum + points.into(),
                Err((field, violation)) => {
                    valid.take::<()>(&pointer(field), Err(violation));
                }
            }
        }
        let all =
            self.criteria.iter().all(|criterion| marks.iter().any(|mark| mark.criterion_id == criterion.id));
        valid.check("/rubric", all, "INCOMPLETE", "Each criterion is to be judged.");
        valid.into_result()?;
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn rubric() -> Rubric {
        serde_json::from_value(json!({ "criteria": [
            { "id": "crumb", "title": "Crumb", "points_possible": "6",
              "levels": [{ "id": "good", "points": "6" }, { "id": "fair", "points": "2.5" }] },
            { "id": "crust", "points_possible": "4", "levels": [] },
        ] }))
        .unwrap()
    }

    fn points(marks: &Value) -> Result<String, Vec<String>> {
        let marks: Vec<RubricMark> = serde_json::from_value(marks.clone()).unwrap();
        let points = rubric().points(&marks);
        points
            .map(|points| points.shown())
            .map_err(|invalid| invalid.0.into_iter().map(|violation| violation.pointer).collect())
    }

    #[test]
    fn each_criterion_is_judged_by_a_level_or_by_points() {
        let crust = json!({ "criterion_id": "crust", "points": 3 });
        let level = |id: &str| json!({ "criterion_id": "crumb", "level_id": id });
        assert_eq!(points(&json!([crust, level("fair")])).unwrap(), "5.50");
        let own = json!({ "criterion_id": "crumb", "level_id": "good", "points": "4.25" });
        assert_eq!(points(&json!([crust, own])).unwrap(), "7.25");
        assert_eq!(points(&json!([crust])).unwrap_err(), ["/rubric"]);
        assert_eq!(points(&json!([crust, level("none")])).unwrap_err(), ["/rubric/1/level_id"]);
        assert_eq!(points(&json!([crust, crust, level("good")])).unwrap_err(), ["/rubric/1/criterion_id"]);
        let much = json!({ "criterion_id": "crust", "points": "4.01" });
        assert_eq!(points(&json!([much, level("good")])).unwrap_err(), ["/rubric/0/points"]);
    }
}
