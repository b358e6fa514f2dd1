//! Who may do what in a cohort.

use axum::extract::FromRequestParts;
use http::request::Parts;
use lyceum_kit::prelude::*;

use super::{domain::Cohort, store};
use crate::organizations::standing::{IdInPath, Standing};

/// The caller, and what they are in a cohort's organisation. An extractor for paths with a cohort's `id`: 404 for everybody
/// who neither keeps the organisation's cohorts nor is in this one.
#[derive(Debug)]
pub(crate) struct InCohort {
    pub(crate) organization: Standing,
    pub(crate) cohort: Cohort,
}

impl InCohort {
    fn of(caller: Caller, id: Uuid) -> Result<Self, Problem> {
        let cohort = Cohort::get(id)?;
        let organization = Standing::below(caller, cohort.organization_id, Cohort::MISSING)?;
        if organization.teaches() || store::has(id, organization.caller.user_id)? {
            Ok(Self { organization, cohort })
        } else {
            Err(Problem::not_found(Cohort::MISSING))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InCohort {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Path(IdInPath { id }) = Path::from_request_parts(parts, state).await?;
        Self::of(caller, id)
    }
}
