//! Who may do what in an organisation.

use axum::extract::FromRequestParts;
use http::request::Parts;
use lyceum_event_types::users::organizations::OrganizationRole;
use lyceum_kit::{
    list::{ListQuery, Listing},
    prelude::*,
};
use serde::Deserialize;

use super::{domain::Organization, store};

/// The caller, and what they are in an organisation: one of its members, or an administrator. An extractor for paths with an
/// organisation's `id`: 404 for everybody else, before a body is looked at.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) caller: Caller,
    pub(crate) organization: Organization,
    role: Option<OrganizationRole>,
}

/// An `id` in a path, whatever else is there.
#[derive(Deserialize)]
pub(crate) struct IdInPath {
    pub(crate) id: Uuid,
}

impl Standing {
    /// What the caller is in this organisation; 404 if they are not to know that there is one.
    pub(crate) fn of(caller: Caller, organization_id: Uuid) -> Result<Self, Problem> {
        let found =
            query(vec![store::present(organization_id), store::role_of(organization_id, caller.user_id)])?;
        let [organization, role] = <[_; 2]>::try_from(found).map_err(|_| Problem::internal())?;
        let organization: Option<Organization> = organization.optional().map_err(SqlError::from)?;
        let role: Option<(OrganizationRole,)> = role.optional().map_err(SqlError::from)?;
        let role = role.map(|(role,)| role);
        match organization {
            Some(organization) if role.is_some() || caller.has(Role::Admin) => {
                Ok(Self { caller, organization, role })
            }
            _ => Err(Problem::not_found(Organization::MISSING)),
        }
    }

    /// The same for something that belongs to an organisation: 404 says that this is missing.
    pub(crate) fn below(
        caller: Caller,
        organization_id: Uuid,
        missing: &'static str,
    ) -> Result<Self, Problem> {
        match Self::of(caller, organization_id) {
            Err(problem) if problem.status() == StatusCode::NOT_FOUND => Err(Problem::not_found(missing)),
            found => found,
        }
    }

    /// The same for an organisation that a body names: 422.
    pub(crate) fn named(caller: Caller, organization_id: Uuid) -> Result<Self, Problem> {
        match Self::of(caller, organization_id) {
            Err(problem) if problem.status() == StatusCode::NOT_FOUND => Err(unknown_organization()),
            found => found,
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.organization.id
    }

    /// Whether they decide everything, also who else does.
    fn owns(&self) -> bool {
        self.caller.has(Role::Admin) || self.role == Some(OrganizationRole::Owner)
    }

    /// Whether they keep the organisation and its members.
    pub(crate) fn keeps(&self) -> bool {
        self.owns() || self.role == Some(OrganizationRole::Admin)
    }

    /// Whether they keep cohorts.
    pub(crate) fn teaches(&self) -> bool {
        self.keeps() || self.role == Some(OrganizationRole::Instructor)
    }

    /// 403 unless they keep the organisation.
    pub(crate) fn must_keep(&self) -> Result<(), Problem> {
        allowed(self.keeps())
    }

    /// 403 unless they keep cohorts.
    pub(crate) fn must_teach(&self) -> Result<(), Problem> {
        allowed(self.teaches())
    }

    /// 403 unless they may give or take these roles: owners are made and unmade by owners alone.
    pub(crate) fn must_decide(&self, roles: &[OrganizationRole]) -> Result<(), Problem> {
        allowed(if roles.contains(&OrganizationRole::Owner) { self.owns() } else { self.keeps() })
    }
}

/// What a body names is no organisation that the caller is in.
pub(crate) fn unknown_organization() -> Problem {
    let unknown = Violation::new("UNKNOWN_ORGANIZATION", "You are in no organization with this id.");
    Problem::invalid(vec![unknown.at("/organization_id")])
}

/// 403 unless it is allowed.
pub(crate) fn allowed(it_is: bool) -> Result<(), Problem> {
    if it_is { Ok(()) } else { Err(Problem::forbidden("Your role there does not allow this.")) }
}

impl<S: Send + Sync> FromRequestParts<S> for Standing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Path(IdInPath { id }) = Path::from_request_parts(parts, state).await?;
        Self::of(caller, id)
    }
}

/// The list as it is asked for, of what the caller is in; of all for administrators.
pub(crate) fn own<L: Listing>(
    caller: &Caller,
    uri: &Uri,
    query: ListQuery<L>,
) -> Result<ListQuery<L>, Problem> {
    match query.given::<UserId>("member") {
        _ if caller.has(Role::Admin) => Ok(query),
        Some(member) if member == caller.user_id => Ok(query),
        Some(_) => Err(Problem::forbidden("Ask for what you are in yourself, or for a whole organization.")),
        None => {
            let joint = if uri.query().is_some() { '&' } else { '?' };
            let uri = format!("{uri}{joint}member={}", caller.user_id);
            ListQuery::of(&uri.parse().map_err(|_| Problem::internal())?)
        }
    }
}
