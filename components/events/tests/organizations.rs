//! What users publishes of organisations, teams and cohorts is as its schemas say.

use lyceum_event_types::users::{
    cohorts::{CohortCreated, CohortDeleted, CohortMemberAdded, CohortMemberRemoved, CohortUpdated},
    organizations::{
        OrganizationCreated, OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberChanged,
        OrganizationMemberRemoved, OrganizationRole, OrganizationUpdated,
    },
    teams::{
        TeamCreated, TeamDeleted, TeamMemberAdded, TeamMemberChanged, TeamMemberRemoved, TeamRole,
        TeamUpdated,
    },
};
use lyceum_kit::{clock, ids};
use lyceum_testing::contract::assert_published;

#[test]
fn what_users_publishes_of_organisations_is_as_its_schemas_say() {
    let (organization_id, user_id, at) = (ids::new(), ids::new().into(), clock::now());
    let (name, slug) = ("Open University".to_owned(), "open-university".to_owned());
    assert_published(&[OrganizationCreated {
        organization_id,
        name: name.clone(),
        slug: slug.clone(),
        created_at: at,
    }]);
    assert_published(&[OrganizationUpdated { organization_id, name, slug, updated_at: at }]);
    assert_published(&[OrganizationDeleted { organization_id, deleted_at: at }]);
    assert_published(&OrganizationRole::ALL.map(|role| OrganizationMemberAdded {
        organization_id,
        user_id,
        role,
        joined_at: at,
    }));
    assert_published(&OrganizationRole::ALL.map(|role| OrganizationMemberChanged {
        organization_id,
        user_id,
        role,
        changed_at: at,
    }));
    assert_published(&[OrganizationMemberRemoved { organization_id, user_id, removed_at: at }]);
}

#[test]
fn what_users_publishes_of_teams_is_as_its_schemas_say() {
    let (team_id, organization_id, user_id, at) = (ids::new(), ids::new(), ids::new().into(), clock::now());
    let name = "Choir".to_owned();
    assert_published(&[TeamCreated { team_id, organization_id, name: name.clone(), created_at: at }]);
    assert_published(&[TeamUpdated { team_id, organization_id, name, updated_at: at }]);
    assert_published(&[TeamDeleted { team_id, organization_id, deleted_at: at }]);
    assert_published(&TeamRole::ALL.map(|role| TeamMemberAdded {
        team_id,
        organization_id,
        user_id,
        role,
        joined_at: at,
    }));
    assert_published(&TeamRole::ALL.map(|role| TeamMemberChanged {
        team_id,
        organization_id,
        user_id,
        role,
        changed_at: at,
    }));
    assert_published(&[TeamMemberRemoved { team_id, organization_id, user_id, removed_at: at }]);
}

#[test]
fn what_users_publishes_of_cohorts_is_as_its_schemas_say() {
    let (cohort_id, organization_id, user_id, at) = (ids::new(), ids::new(), ids::new().into(), clock::now());
    let name = "Class of 2027".to_owned();
    assert_published(&[CohortCreated { cohort_id, organization_id, name: name.clone(), created_at: at }]);
    assert_published(&[CohortUpdated { cohort_id, organization_id, name, updated_at: at }]);
    assert_published(&[CohortDeleted { cohort_id, organization_id, deleted_at: at }]);
    assert_published(&[CohortMemberAdded { cohort_id, organization_id, user_id, joined_at: at }]);
    assert_published(&[CohortMemberRemoved { cohort_id, organization_id, user_id, removed_at: at }]);
}
