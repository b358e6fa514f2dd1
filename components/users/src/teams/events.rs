//! What is told of teams.

use lyceum_event_types::users::teams::{TeamCreated, TeamUpdated};

use super::domain::Team;

pub(crate) fn created(team: &Team) -> TeamCreated {
    let Team { id: team_id, organization_id, name, created_at, .. } = team.clone();
    TeamCreated { team_id, organization_id, name, created_at }
}

pub(crate) fn updated(team: &Team) -> TeamUpdated {
    let Team { id: team_id, organization_id, name, updated_at, .. } = team.clone();
    TeamUpdated { team_id, organization_id, name, updated_at }
}
