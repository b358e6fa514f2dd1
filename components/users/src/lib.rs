//! Users: a person's profile, preferences and status.
//!
//! A profile is made when auth says that an account was created, and belongs to
//! the person; administrators find people and set their status. Who may sign in
//! is auth's concern: it follows the events that are published here.
//!
//! People are in organisations, in teams within them, and in cohorts, which are groups of an organisation's learners.
//!
//! Start reading at `routes`, then `domain`; at `organizations` for those.
#![forbid(unsafe_code)]

mod cohorts;
mod domain;
mod erasure;
mod events;
mod export;
mod organizations;
mod routes;
mod store;
mod teams;

use lyceum_event_types::{
    auth::{AddressChanged, RolesChanged, UserCreated},
    platform::ErasureAnswered,
    users::{
        ErasureRequested, JobContinued, ProfileCreated, ProfileUpdated, StatusChanged,
        cohorts::{CohortCreated, CohortDeleted, CohortMemberAdded, CohortMemberRemoved, CohortUpdated},
        organizations::{
            OrganizationCreated, OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberChanged,
            OrganizationMemberRemoved, OrganizationUpdated,
        },
        teams::{
            TeamCreated, TeamDeleted, TeamMemberAdded, TeamMemberChanged, TeamMemberRemoved, TeamUpdated,
        },
    },
};

lyceum_kit::service! {
    name: "users",
    routes: routes::routes,
    migrations: [
        "0001-profiles", "0002-lists", "0003-watermark", "0004-erased" = lyceum_kit::erasure::ERASED,
        "0005-sagas" = lyceum_kit::saga::SAGAS, "0006-jobs" = lyceum_kit::job::JOBS, "0007-addresses",
        "0008-organizations", "0009-teams", "0010-cohorts",
    ],
    publishes: [
        ProfileCreated, ProfileUpdated, StatusChanged, ErasureRequested, JobContinued,
        OrganizationCreated, OrganizationUpdated, OrganizationDeleted,
        OrganizationMemberAdded, OrganizationMemberChanged, OrganizationMemberRemoved,
        TeamCreated, TeamUpdated, TeamDeleted, TeamMemberAdded, TeamMemberChanged, TeamMemberRemoved,
        CohortCreated, CohortUpdated, CohortDeleted, CohortMemberAdded, CohortMemberRemoved,
    ],
    on: {
        projection: { RolesChanged => events::roles_changed, AddressChanged => events::address_changed },
        reaction: { UserCreated => events::create, ErasureAnswered => erasure::answered, JobContinued => export::go_on },
        periodic: events::JOBS,
        erase: events::erase,
    },
}
