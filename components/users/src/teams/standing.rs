//! Who may do what in a team.

use axum::extract::FromRequestParts;
use http::request::Parts;
use lyceum_event_types::users::teams::TeamRole;
use lyceum_kit::prelude::*;

use super::{domain::Team, store};
use crate::organizations::standing::{IdInPath, Standing, allowed};

/// The caller, and what they are in a team's organisation and in the team itself. An extractor for paths with a team's `id`:
/// 404 for everybody who is not in the organisation and is no administrator.
#[derive(Debug)]
pub(crate) struct InTeam {
    pub(crate) organization: Standing,
    pub(crate) team: Team,
    is_lead: bool,
}

impl InTeam {
    fn of(caller: Caller, id: Uuid) -> Result<Self, Problem> {
        let team = Team::get(id)?;
        let is_lead = store::role_of(id, caller.user_id)? == Some(TeamRole::Lead);
        let organization = Standing::below(caller, team.organization_id, Team::MISSING)?;
        Ok(Self { organization, team, is_lead })
    }

    /// 403 unless they keep the organisation or lead the team.
    pub(crate) fn must_keep(&self) -> Result<(), Problem> {
        allowed(self.is_lead || self.organization.keeps())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InTeam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Path(IdInPath { id }) = Path::from_request_parts(parts, state).await?;
        Self::of(caller, id)
    }
}
