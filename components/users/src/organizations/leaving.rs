//! Who leaves an organisation leaves its teams and cohorts, in the same write.

use std::time::Duration;

use lyceum_event_types::users::{
    cohorts::CohortMemberRemoved, organizations::OrganizationRole, teams::TeamMemberRemoved,
};
use lyceum_kit::{erasure::Erasure, prelude::*};

use super::{events, store};
use crate::{cohorts, teams};

/// Somebody who is about to leave, with what else they are in there.
#[derive(Debug)]
pub(crate) struct Leaving {
    organization_id: Uuid,
    user_id: UserId,
    pub(crate) role: OrganizationRole,
    teams: Vec<Uuid>,
    cohorts: Vec<Uuid>,
}

impl Leaving {
    /// What they are in; nothing if they are not in this organisation.
    pub(crate) fn of(organization_id: Uuid, user_id: UserId) -> Result<Option<Self>, SqlError> {
        let found = query(vec![
            store::role_of(organization_id, user_id),
            teams::store::teams_of(organization_id, user_id),
            cohorts::store::cohorts_of(organization_id, user_id),
        ])?;
        let mut found = found.into_iter();
        let role = found.next().unwrap_or_default().optional::<(OrganizationRole,)>()?;
        let mut ids = || -> Result<Vec<Uuid>, SqlError> {
            let rows = found.next().unwrap_or_default().all::<(Uuid,)>()?;
            Ok(rows.into_iter().map(|(id,)| id).collect())
        };
        let (teams, cohorts) = (ids()?, ids()?);
        Ok(role.map(|(role,)| Self { organization_id, user_id, role, teams, cohorts }))
    }

    /// They leave, if they are still in just that.
    pub(crate) fn add_to<E>(&self, transaction: Transaction<E>) -> Transaction<E> {
        let Self { organization_id, user_id, role, teams, cohorts } = self;
        let (organization_id, user_id, removed_at) = (*organization_id, *user_id, clock::now());
        let transaction = transaction
            .execute(teams::store::leave_all(organization_id, user_id, teams.len()))
            .on_missing(Problem::changed_meanwhile)
            .execute(cohorts::store::leave_all(organization_id, user_id, cohorts.len()))
            .on_missing(Problem::changed_meanwhile)
            .execute(store::remove_member(organization_id, user_id, *role))
            .on_missing(Problem::changed_meanwhile)
            .publish(&events::member_removed(organization_id, user_id));
        let transaction = teams.iter().fold(transaction, |transaction, team_id| {
            transaction.publish(&TeamMemberRemoved {
                team_id: *team_id,
                organization_id,
                user_id,
                removed_at,
            })
        });
        cohorts.iter().fold(transaction, |transaction, cohort_id| {
            transaction.publish(&CohortMemberRemoved {
                cohort_id: *cohort_id,
                organization_id,
                user_id,
                removed_at,
            })
        })
    }
}

/// Somebody whose data is to be erased leaves whatever they are in. An organisation that loses its last owner by that gets the one
/// who has been its admin for longest; if it has none, it has no owner until an administrator gives it one.
pub(crate) fn leave_all(erasure: &Erasure<'_>) -> Result<(), EventError> {
    let user_id = erasure.user_id();
    loop {
        let some = store::organizations_of(user_id, 100)?;
        if some.is_empty() {
            return Ok(());
        }
        for organization_id in some {
            leave(erasure, organization_id)?;
        }
    }
}

fn leave(erasure: &Erasure<'_>, organization_id: Uuid) -> Result<(), EventError> {
    let user_id = erasure.user_id();
    let Some(leaving) = Leaving::of(organization_id, user_id)? else { return Ok(()) };
    let mut transaction = leaving.add_to(erasure.without_once().begin());
    if leaving.role == OrganizationRole::Owner {
        transaction = transaction.execute(store::one_owner_less(organization_id, 0));
        let another = || store::another_owner(organization_id, user_id);
        if query_optional::<(UserId,)>(another())?.is_some() {
            // Who may be erased at that moment, too.
            transaction =
                transaction.execute(another().expect_rows(1)).on_missing(Problem::changed_meanwhile);
        } else if let Some(heir) = store::longest_admin(organization_id, user_id)? {
            let (from, to) = (OrganizationRole::Admin, OrganizationRole::Owner);
            transaction = transaction
                .execute(store::change_role(organization_id, heir, from, to))
                .on_missing(Problem::changed_meanwhile)
                .execute(store::one_owner_more(organization_id))
                .publish(&events::member_changed(organization_id, heir, to));
        }
    }
    transaction.commit().map_err(or_again)?;
    Ok(())
}

/// What was changed at that moment is done again.
fn or_again(error: TransactionError) -> EventError {
    match error {
        TransactionError::Mapped(problem) => EventError::unavailable(problem.detail()),
        error => error.into(),
    }
}

/// Added to the transaction that ends an erasure: nobody has added them to an organisation meanwhile.
pub(crate) fn has_left_all(user_id: UserId, transaction: Transaction<Silent>) -> Transaction<Silent> {
    transaction
        .execute(store::is_in_none(user_id))
        .on_missing(|| Problem::unavailable(Duration::from_secs(1)))
}
