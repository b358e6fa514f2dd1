//! Copies of courses, and the templates that everybody who creates courses may copy.

use lyceum_kit::job::JobView;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seeing::{being_copied, edit_any, missing};
use crate::changing::{slug_taken, with_instructors};
use crate::domain::copying::{Copying, SHIFT};
use crate::domain::course::Course;
use crate::domain::fields::{CourseFields, Visibility};
use crate::domain::version::{CourseView, Version};
use crate::store::{copies, courses, members, versions};
use crate::{cloning, events};

/// How to copy a course.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CloneFields {
    /// What the copy is called, one line of 1 to 200 characters; as the course if not given.
    title: Option<String>,
    /// The number of the published version to copy; the draft if not given.
    #[schema(minimum = 1)]
    version: Option<i64>,
    /// By how many days all dates of lessons, quizzes and assignments are shifted, from -3,660 to 3,660; 0 if not given.
    #[serde(default)]
    #[schema(minimum = -3660, maximum = 3660)]
    shift_days: i64,
}

/// A copy that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CloneBegun {
    /// The new course. It can be seen, and is edited once the job is completed.
    course_id: Uuid,
    /// What fills it.
    #[serde(flatten)]
    job: JobView,
}

/// What the copy begins with: it belongs to who makes it, and is nobody else's business.
fn copied(
    caller: &Caller,
    course: Course,
    version: Option<Version>,
    title: Option<String>,
) -> Result<Course, Problem> {
    let version = version.unwrap_or_else(|| Version::of(&course, 0, course.updated_at));
    let organization_id = match course.organization_id {
        Some(id) if caller.has(Role::Admin) || members::is_member(id, caller.user_id)? => Some(id),
        _ => None,
    };
    let fields = CourseFields {
        title: title.unwrap_or(version.title),
        description: version.description,
        short_description: version.short_description,
        slug: None,
        image_url: version.image_url,
        visibility: Visibility::Private,
        organization_id,
        price: course.price,
        currency: course.currency,
        language: version.language,
        level: version.level,
        duration: version.duration,
        tags: version.tags.0,
        prerequisites: courses::existing(&version.prerequisites.0)?,
        required_competencies: version.required_competencies.0,
        learning_objectives: version.learning_objectives.0,
        instructor_ids: Vec::new(),
        category_id: course.category_id,
        is_template: false,
        metadata: version.metadata.0,
    };
    Ok(Course::new(fields, caller.user_id)?)
}

/// Begins to copy a course into a new draft of the caller, with its modules, lessons and question banks: one that they may
/// change, or a template.
#[utoipa::path(post, path = "/api/v1/courses/{id}/clones", operation_id = "clone_course", request_body = CloneFields,
    params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = CloneBegun, description = "It has begun; `Location` shows how far it is"),
        (status = 403, description = "The caller is none of its instructors, and it is no template"),
        (status = 404, description = "The caller sees no such course, or there is no such version"),
        (status = 409, description = "It is itself still being copied"),
    ))]
pub(super) async fn begin(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    ValidJson(asked): ValidJson<CloneFields>,
) -> Result<Response, Problem> {
    let course = match Course::find(id)?.ok_or_else(missing)? {
        course if course.is_template => course,
        _ => edit_any(&caller, id)?.0,
    };
    let mut valid = Validation::new();
    let near = (-SHIFT..=SHIFT).contains(&asked.shift_days);
    valid.check("/shift_days", near, "OUT_OF_RANGE", "Must be from -3,660 to 3,660.");
    valid.into_result()?;
    if copies::is_being_filled(id)? {
        return Err(being_copied());
    }
    let unknown = || Problem::not_found("There is no such version of the course.");
    let version = match asked.version {
        Some(number) => Some(versions::version(id, number)?.ok_or_else(unknown)?),
        None => None,
    };
    let course = copied(&caller, course, version, asked.title)?;
    let course_id = course.id;
    let (version, shift_days) = (asked.version, asked.shift_days);
    let started = cloning::start(Copying { source_id: id, version, course_id, shift_days })?;
    let transaction = context
        .begin()
        .execute(course.insert())
        .on_unique("courses.slug", slug_taken)
        .execute(copies::begun(course_id));
    let transaction = with_instructors(transaction, &course).publish(&events::created(&course));
    started.respond_as(transaction, |job| CloneBegun { course_id, job }).commit()
}

#[derive(Deserialize, Serialize)]
struct Before {
    id: Uuid,
}

/// Lists the courses that everybody who creates courses may copy, the newest first, as their drafts are.
#[utoipa::path(get, path = "/api/v1/courses/templates", operation_id = "list_course_templates",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Listed<CourseView>)))]
pub(super) async fn templates(page: Page) -> Result<Response, Problem> {
    let before = page.after::<Before>()?.map(|before| before.id);
    let found = courses::templates(before, page.rows_to_fetch())?;
    Ok(page.answer(found, |course| Before { id: course.id }, CourseView::from))
}
