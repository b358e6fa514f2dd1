//! Many people at once.

use std::collections::BTreeSet;

use lyceum_kit::job::JobView;
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Format;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::of_course::checked_dates;
use super::seeing;
use crate::bulk::{Asked, Finds, Purpose, of_cohort, start};
use crate::domain::Origin;
use crate::store::seen;

/// How they are enrolled.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub(super) struct EnrollmentImport {
    /// Only finds what is wrong. What rows take away from each other, such as the last place, isn't found.
    dry_run: bool,
    /// Whether prerequisites are left aside.
    waive_prerequisites: bool,
    /// Whether nothing is to be paid.
    waive_payment: bool,
}

/// A row of the file; other columns are left alone.
#[derive(Deserialize)]
struct Given {
    user_id: Option<UserId>,
    email: Option<String>,
    starts_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

/// Enrols the people of a file.
///
/// Its columns are `user_id` or `email`, and, if there are such, `starts_at` and `expires_at`. Who has an address is found among the
/// members of the course's organization; administrators find everybody. Who is enrolled stays so. If all places are taken and
/// the course has a waiting list, people wait in the order of the file. What is wrong with a row is told by the job's `errors`, and stops no
/// other row.
#[utoipa::path(post, path = "/api/v1/courses/{id}/enrollments/imports", operation_id = "import_enrollments",
    params(("id" = Uuid, Path), EnrollmentImport),
    request_body(content((String = "text/csv"), (String = "application/jsonl"))),
    responses(
        (status = 202, body = JobView, description = "It has begun; `Location` shows how far it is"),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
        (status = 415, description = "The file has none of these formats"),
        (status = 422, description = "The file can't be read"),
    ))]
pub(super) async fn import(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<EnrollmentImport>,
    headers: HeaderMap,
    WholeBody(file): WholeBody,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    let format = Format::of(&headers)?;
    let rows = format.read(&file)?;
    drop(file);
    let finds = if caller.has(Role::Admin) { Finds::Everybody } else { Finds::Members };
    let purpose = if query.dry_run { Purpose::TryOut } else { Purpose::Enrol };
    let common = Asked {
        waive_prerequisites: query.waive_prerequisites,
        waive_payment: query.waive_payment,
        ..Asked::of(id, Origin::File, finds, purpose)
    };
    let mut seen = BTreeSet::new();
    let asked: Vec<Asked> = rows
        .iter()
        .map(|row| match row.read::<Given>() {
            Ok(Given { user_id, email, starts_at, expires_at }) => {
                let who = (user_id, email.as_ref().map(|email| email.trim().to_lowercase()));
                let repeated = who != (None, None) && !seen.insert(who);
                let wrong = checked_dates(starts_at, expires_at).err();
                let unreadable = wrong.map(|problem| problem.detail().to_owned());
                Asked { user_id, email, starts_at, expires_at, unreadable, repeated, ..common.clone() }
            }
            Err(problem) => Asked { unreadable: Some(problem.detail().to_owned()), ..common.clone() },
        })
        .collect();
    start(&asked, Some(format), query.dry_run)?.commit(context.begin())
}

/// Which cohort, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrollCohort {
    cohort_id: Uuid,
    /// Whether prerequisites are left aside.
    #[serde(default)]
    waive_prerequisites: bool,
    /// Whether nothing is to be paid.
    #[serde(default)]
    waive_payment: bool,
    /// From when on the lessons may be read; as the course's settings say if not said.
    #[serde(default)]
    starts_at: Option<Timestamp>,
    /// Until when.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// Enrols those who are in a cohort now. The caller keeps the cohort's organization, teaches there, or is an administrator.
#[utoipa::path(post, path = "/api/v1/courses/{id}/enrollments/cohorts", operation_id = "enroll_cohort",
    request_body = EnrollCohort, params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = JobView, description = "It has begun; `Location` shows how far it is"),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "There is no such course that the caller finds"),
        (status = 422, description = "There is no such cohort that the caller keeps, or nobody is in it"),
    ))]
pub(super) async fn enroll_cohort(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    ValidJson(asked): ValidJson<EnrollCohort>,
) -> Result<Response, Problem> {
    seeing::kept(&caller, id)?;
    let wrong = |code: &'static str, message: &'static str| {
        Problem::invalid(vec![Violation::new(code, message).at("/cohort_id")])
    };
    let organization = seen::cohort(asked.cohort_id)?;
    let keeps = match organization {
        Some(organization) => caller.has(Role::Admin) || seen::keeps_cohorts(organization, caller.user_id)?,
        None => false,
    };
    if !keeps {
        return Err(wrong("UNKNOWN_COHORT", "There is no such cohort that you keep."));
    }
    checked_dates(asked.starts_at, asked.expires_at)?;
    let too_many = || wrong("TOO_MANY", "More than 100,000 people are in it: send files instead.");
    let members = of_cohort(asked.cohort_id)?.ok_or_else(too_many)?;
    if members.is_empty() {
        return Err(wrong("EMPTY", "Nobody is in this cohort."));
    }
    let row = |user_id| Asked {
        user_id: Some(user_id),
        waive_prerequisites: asked.waive_prerequisites,
        waive_payment: asked.waive_payment,
        starts_at: asked.starts_at,
        expires_at: asked.expires_at,
        ..Asked::of(id, Origin::Cohort, Finds::Members, Purpose::Enrol)
    };
    let rows: Vec<Asked> = members.into_iter().map(row).collect();
    start(&rows, None, false)?.commit(context.begin())
}
