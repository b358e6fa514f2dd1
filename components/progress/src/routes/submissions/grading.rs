//! Grades of what was handed in.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::text;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{see, shown, tag};
use crate::domain::grading::assignment::Assignment;
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;
use crate::domain::grading::rubric::RubricMark;
use crate::domain::submissions::{Submission, SubmissionStatus};
use crate::grading::{definitions, handing};
use crate::settling;

/// A grade: points, or a judgement by each criterion of the assignment's rubric.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Grading {
    /// From 0 to what there is to be had. Without these, the rubric's.
    points: Option<Points>,
    /// One for each criterion.
    #[serde(default)]
    rubric: Vec<RubricMark>,
    /// What its learner is told: at most 10,000 characters.
    feedback: Option<String>,
}

impl Grading {
    fn points(&self, assignment: &Assignment) -> Result<Fraction, Problem> {
        let mut valid = Validation::new();
        valid
            .take("/feedback", text::optional(self.feedback.as_ref(), |text| text::paragraphs(text, 10_000)));
        let most = assignment.points_possible;
        if let Some(points) = self.points {
            let wrong = || Violation::new("OUT_OF_RANGE", format!("Must be from 0 to {most}."));
            let fits = !points.is_negative() && points <= most;
            valid.take("/points", if fits { Ok(()) } else { Err(wrong()) });
        }
        let known = self.rubric.is_empty() || assignment.rubric.is_some();
        valid.check("/rubric", known, "NO_RUBRIC", "The assignment has none.");
        let some = self.points.is_some() || !self.rubric.is_empty();
        valid.check("/points", some, "REQUIRED", "Give points, or judge by the rubric.");
        valid.into_result()?;
        let judged = match assignment.rubric.as_ref().filter(|_| !self.rubric.is_empty()) {
            Some(rubric) => Some(rubric.points(&self.rubric)?),
            None => None,
        };
        Ok(self.points.map(Fraction::from).or(judged).unwrap_or_else(Fraction::zero))
    }
}

/// Grades a submission, by points or by the assignment's rubric. What it costs to be late is taken off. It may be graded again; of
/// several submissions the last one that is graded counts.
#[utoipa::path(put,
    path = "/api/v1/progress/users/{user_id}/assignments/{assignment_id}/submissions/{submission_id}/grade",
    params(("user_id" = Uuid, Path), ("assignment_id" = Uuid, Path), ("submission_id" = Uuid, Path)),
    operation_id = "grade_submission", request_body = Grading, responses(
        (status = 200, body = Submission),
        (status = 403, description = "It is the caller's own"),
        (status = 404, description = "The caller gives no course with such a submission"),
        (status = 409, description = "`NOT_SUBMITTED`: it wasn't handed in"),
        (status = 412, description = "`If-Match` was given and is no longer the state"),
    ))]
pub(super) async fn grade(
    context: Context,
    caller: Caller,
    Path(which): Path<(Subject, Uuid, Uuid)>,
    conditions: Conditions,
    ValidJson(grading): ValidJson<Grading>,
) -> Result<Response, Problem> {
    let mut place = None;
    let answer = again(|| {
        let (submission, grades) = see(&caller, which)?;
        if !grades {
            return Err(Problem::forbidden(
                "Only those who give the course grade, and nobody grades their own.",
            ));
        }
        conditions.check(&tag(&submission))?;
        if submission.status == SubmissionStatus::Draft {
            return Err(Problem::conflict("NOT_SUBMITTED", "It wasn't handed in."));
        }
        let assignment = definitions::assignment(&context.without_once(), handing::which(&submission))?;
        let points = grading.points(&assignment)?;
        let Grading { rubric, feedback, .. } = grading.clone();
        let next: Submission = submission.graded(points, rubric, feedback, caller.user_id);
        place = Some((next.user_id, next.course_id));
        handing::grade(context.begin(), &next, &assignment)?.respond(shown(&next)).commit()
    })?;
    if let Some((user_id, course_id)) = place {
        settling::settle_now(&context, user_id, course_id);
    }
    Ok(answer)
}
