//! Courses: begun, found, changed and deleted.

use lyceum_kit::list::{ListQuery, Scope};
use lyceum_kit::sql::Table as _;
use lyceum_kit::{erasure, prelude::*};

use super::seeing::{Asked, Edition, edit_any, edit_for, see};
use crate::changing::{changed, slug_taken, with_instructors};
use crate::domain::category::Category;
use crate::domain::course::{Course, Status};
use crate::domain::fields::CourseFields;
use crate::domain::version::CourseView;
use crate::events;
use crate::store::facets::{Facets, facets};
use crate::store::listings::{self, Catalogue, Listing, OfOrganization};
use crate::store::{competencies, contents, courses, members, versions};

impl Resource for Course {
    type View = CourseView;
    const PATH: &'static str = "/api/v1/courses";
    const MISSING: &'static str = "There is no such course.";
}

/// What a course refers to has to be there.
fn check_references(caller: &Caller, course: &Course, before: Option<&Course>) -> Result<(), Problem> {
    let mut valid = Validation::new();
    let organization = course.organization_id;
    if let Some(id) =
        organization.filter(|_| before.is_none_or(|before| before.organization_id != organization))
    {
        let known = caller.has(Role::Admin) || members::is_member(id, caller.user_id)?;
        valid.check("/organization_id", known, "UNKNOWN_ORGANIZATION", "You are in no such organisation.");
    }
    let known = courses::existing(&course.prerequisites.0)?;
    for (at, id) in course.prerequisites.0.iter().enumerate() {
        let pointer = format!("/prerequisites/{at}");
        valid.check(&pointer, known.contains(id), "UNKNOWN_COURSE", "There is no such course.");
    }
    let required: Vec<Uuid> = course.required_competencies.0.iter().map(|one| one.competency_id).collect();
    let known = competencies::names(&required)?;
    for (at, id) in required.iter().enumerate() {
        let pointer = format!("/required_competencies/{at}/competency_id");
        valid.check(&pointer, known.contains_key(id), "UNKNOWN_COMPETENCY", "There is no such competency.");
    }
    if let Some(id) = course.category_id {
        let known = Category::find(id)?.is_some();
        valid.check("/category_id", known, "UNKNOWN_CATEGORY", "There is no such category.");
    }
    for (at, id) in course.instructor_ids.0.iter().enumerate() {
        let gone = erasure::is_erased(*id)?;
        valid.check(&format!("/instructor_ids/{at}"), !gone, "UNKNOWN_USER", "There is no such person.");
    }
    valid.into_result().map_err(Problem::from)
}

/// Begins a course, as a draft.
#[utoipa::path(post, path = "/api/v1/courses", request_body = CourseFields, responses(
    (status = 201, body = CourseView),
    (status = 409, description = "Another course has this slug"),
))]
pub(super) async fn create(
    context: Context,
    caller: Caller,
    ValidJson(fields): ValidJson<CourseFields>,
) -> Result<Response, Problem> {
    let course = Course::new(fields, caller.user_id)?;
    check_references(&caller, &course, None)?;
    let transaction = context.begin().execute(course.insert()).on_unique("courses.slug", slug_taken);
    with_instructors(transaction, &course)
        .publish(&events::created(&course))
        .respond(course.created())
        .commit()
}

/// Lists the courses that everybody finds, the newest first.
#[utoipa::path(get, path = "/api/v1/courses", params(ListQuery<Catalogue>),
    responses((status = 200, body = Listed<Listing>)))]
pub(super) async fn list(query: ListQuery<Catalogue>) -> Result<Response, Problem> {
    query.answer(std::convert::identity)
}

/// Counts the courses that the list shows for the same questions, by what they have in common.
#[utoipa::path(get, path = "/api/v1/courses/facets", params(ListQuery<Catalogue>),
    responses((status = 200, body = Facets)))]
pub(super) async fn count(query: ListQuery<Catalogue>) -> Result<Response, Problem> {
    Ok(Json(facets(&query)?).into_response())
}

/// Lists the courses of an organisation that its members find, by title.
#[utoipa::path(get, path = "/api/v1/courses/organizations/{organization_id}",
    params(("organization_id" = Uuid, Path), ListQuery<OfOrganization>), responses(
        (status = 200, body = Listed<Listing>),
        (status = 404, description = "The caller is in no such organisation"),
    ))]
pub(super) async fn of_organization(
    caller: Caller,
    Path(id): Path<Uuid>,
    query: ListQuery<OfOrganization>,
) -> Result<Response, Problem> {
    if !caller.has(Role::Admin) && !members::is_member(id, caller.user_id)? {
        return Err(Problem::not_found("You are in no such organisation."));
    }
    query.answer_within(&Scope::all().equal("organization_id", id), std::convert::identity)
}

/// Shows a course: its draft to those who may change it, and a published version to everybody who may find it.
#[utoipa::path(get, path = "/api/v1/courses/{id}", params(("id" = Uuid, Path), Asked), responses(
    (status = 200, body = CourseView),
    (status = 404, description = "The caller sees no such course, or no such version"),
))]
pub(super) async fn show(
    MaybeCaller(caller): MaybeCaller,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let seen = see(caller.as_ref(), id, asked.version)?;
    let Edition::Version(number) = seen.edition else { return Ok(seen.course.shown()) };
    let version = versions::version(id, number)?.ok_or_else(super::seeing::missing)?;
    // Not a tag of the draft, which is what a change is meant for.
    let tag = EntityTag::of_digest(&format!("v{number}-{}", seen.course.version));
    Ok(tagged(&tag, Json(CourseView::of_version(seen.course, version))))
}

/// Changes a course. What a version says becomes part of the draft; slug, visibility, price, instructors and category hold
/// at once.
#[utoipa::path(put, path = "/api/v1/courses/{id}", request_body = CourseFields,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The ETag of the draft that was read")),
    responses(
        (status = 200, body = CourseView),
        (status = 403, description = "The caller is none of its instructors"),
        (status = 404, description = "The caller sees no such course"),
        (status = 409, description = "Another course has this slug, or it is archived"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    ValidJson(fields): ValidJson<CourseFields>,
) -> Result<Response, Problem> {
    let (course, _) = edit_for(&caller, id, &if_match)?;
    let next = course.with(fields)?;
    check_references(&caller, &next, Some(&course))?;
    changed(context.begin(), &next)?.respond(next.shown()).commit()
}

/// Deletes a course that was never published, or that is archived, with all its versions.
#[utoipa::path(delete, path = "/api/v1/courses/{id}", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "The caller is none of its instructors"),
    (status = 404, description = "The caller sees no such course"),
    (status = 409, description = "It is published: archive it first"),
    (status = 412, description = "`If-Match` was given and is no longer the state"),
))]
pub(super) async fn delete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let (course, outline) = edit_any(&caller, id)?;
    conditions.check(&course.tag())?;
    if course.status == Status::Published {
        return Err(Problem::conflict("COURSE_PUBLISHED", "It is published: archive it first."));
    }
    context
        .begin()
        .execute(crate::store::outline::unchanged(id, outline))
        .on_missing(crate::publishing::changed_meanwhile)
        // Before the rows go by which it is known what refers to a content.
        .execute_all(contents::loosen_versions(id))
        .execute(contents::loosen("course_id", id))
        .execute(contents::loosen_banks("course_id", id))
        .execute_all(listings::gone(id))
        .execute_all(courses::delete(&course))
        .publish(&events::deleted(&course))
        .respond(no_content())
        .commit()
}
