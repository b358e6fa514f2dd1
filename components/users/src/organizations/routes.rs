//! The routes of `/api/v1/organizations`.

use lyceum_event_types::users::organizations::{OrganizationDeleted, OrganizationRole};
use lyceum_kit::{
    again::again,
    list::ListQuery,
    prelude::*,
    sql::{Table as _, Versioned as _},
};

use super::{
    domain::{Organization, OrganizationFields},
    ending, events,
    standing::{Standing, own},
    store::{self, Organizations},
};

pub(crate) fn routes() -> Routes {
    Routes::new("", "")
        .add(Access::SignedIn, route!(list_organizations))
        .add(Access::SignedIn, route!(create_organization))
        .add(Access::SignedIn, route!(show_organization))
        .add(Access::SignedIn, route!(replace_organization))
        .add(Access::Permission(Permission::new("organization:delete")), route!(delete_organization))
}

impl Resource for Organization {
    type View = Self;
    const PATH: &'static str = "/api/v1/organizations";
    const MISSING: &'static str = "There is no such organization.";

    fn find(id: impl IntoValue) -> Result<Option<Self>, SqlError> {
        query_optional(Self::select("WHERE id = $1 AND present = TRUE", params![id]))
    }
}

fn slug_taken() -> Problem {
    Problem::conflict("SLUG_TAKEN", "Another organization has this slug.")
}

/// Lists organizations by name: those that the caller is in, and all for administrators.
#[utoipa::path(get, path = "/api/v1/organizations", params(ListQuery<Organizations>), responses(
    (status = 200, body = Listed<Organization>),
    (status = 403, description = "Only administrators may ask what others are in"),
))]
async fn list_organizations(
    caller: Caller,
    uri: Uri,
    query: ListQuery<Organizations>,
) -> Result<Response, Problem> {
    own(&caller, &uri, query)?.answer_within(&Organizations::scope(), std::convert::identity)
}

/// Makes an organization. The caller is its owner.
#[utoipa::path(post, path = "/api/v1/organizations", request_body = OrganizationFields, responses(
    (status = 201, body = Organization),
    (status = 409, description = "`SLUG_TAKEN`: another organization has the slug; `NO_PROFILE`: the caller's profile \
        is not there yet"),
))]
async fn create_organization(
    context: Context,
    caller: Caller,
    ValidJson(fields): ValidJson<OrganizationFields>,
) -> Result<Response, Problem> {
    let is_given = fields.slug.is_some();
    let named = Organization::new(fields)?;
    // Of two with one name at the same moment the second one is made anew, with a slug of its own.
    let quicker: fn() -> Problem = if is_given { slug_taken } else { Problem::changed_meanwhile };
    let no_profile =
        || Problem::conflict("NO_PROFILE", "Your profile is not there yet: try again in a moment.");
    again(|| {
        let mut organization = named.clone();
        if !is_given && store::slug_is_taken(&organization.slug)? {
            organization = organization.with_own_slug();
        }
        let (id, role, at) = (organization.id, OrganizationRole::Owner, organization.created_at);
        context
            .begin()
            .execute(organization.insert())
            .on_unique("organizations.slug", quicker)
            .execute_all(store::named(&organization))
            .execute(store::add_member(id, caller.user_id, role, at))
            .on_missing(no_profile)
            .execute(store::one_owner_more(id))
            .publish(&events::created(&organization))
            .publish(&events::member_added(id, caller.user_id, role, at))
            .respond(organization.created())
            .commit()
    })
}

/// Shows an organization, to those who are in it and to administrators.
#[utoipa::path(get, path = "/api/v1/organizations/{id}", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Organization),
    (status = 404, description = "The caller is in no such organization"),
))]
async fn show_organization(standing: Standing) -> Result<Response, Problem> {
    Ok(standing.organization.shown())
}

/// Says anew what an organization is: what isn't given is there no more, but for its slug. For its owners and admins.
#[utoipa::path(put, path = "/api/v1/organizations/{id}",
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    request_body = OrganizationFields,
    responses(
        (status = 200, body = Organization),
        (status = 403, description = "The caller is a member, and neither an owner nor an admin"),
        (status = 404, description = "The caller is in no such organization"),
        (status = 409, description = "Another organization has the slug"),
    ))]
async fn replace_organization(
    context: Context,
    standing: Standing,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<OrganizationFields>,
) -> Result<Response, Problem> {
    standing.must_keep()?;
    if_match.check(&standing.organization.tag())?;
    let changed = standing.organization.with(fields)?;
    if changed.fields() == standing.organization.fields() {
        return Ok(standing.organization.shown());
    }
    context
        .begin()
        .execute(changed.update())
        .on_missing(Problem::precondition_failed)
        .on_unique("organizations.slug", slug_taken)
        .execute_all(store::named(&changed))
        .publish(&events::updated(&changed))
        .respond(changed.shown())
        .commit()
}

/// Deletes an organization, with its teams and cohorts: everybody has left it at once.
#[utoipa::path(delete, path = "/api/v1/organizations/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 404, description = "There is no such organization"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
async fn delete_organization(
    context: Context,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let organization = Organization::get_for(id, &conditions)?;
    let answer = context
        .begin()
        .execute_all(store::delete(&organization))
        .on_missing(Problem::precondition_failed)
        .publish(&OrganizationDeleted { organization_id: id, deleted_at: clock::now() })
        .respond(no_content())
        .commit()?;
    ending::begin(&context, id);
    Ok(answer)
}
