//! How a draft becomes a version: at once, or at its time.

use lyceum_event_types::courses::{PublishedModule, RequiredCompetency};
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use crate::domain::category::Category;
use crate::domain::course::{Course, DraftStatus, Status};
use crate::domain::version::Version;
use crate::events;
use crate::store::{competencies, courses, listings, outline, versions};

/// A draft that is about to become a version.
#[derive(Debug)]
pub(crate) struct Publication {
    /// The course with that version.
    pub(crate) course: Course,
    version: Version,
    modules: Vec<PublishedModule>,
    required: Vec<RequiredCompetency>,
    /// The outline that the modules were read in.
    outline: i64,
}

impl Publication {
    /// Fails with 409 if there is nothing to be published.
    pub(crate) fn of(course: &Course, outline: i64) -> Result<Self, Problem> {
        check_changed(course)?;
        let modules = versions::parts(course)?;
        if modules.iter().all(|module| module.lessons.is_empty()) {
            return Err(Problem::conflict("COURSE_EMPTY", "It has no lesson that is meant to be published."));
        }
        let next = course.next();
        let version = Version::of(&next, course.published_version.unwrap_or(0) + 1, next.updated_at);
        let course = Course {
            status: Status::Published,
            draft_status: DraftStatus::Published,
            review_comment: None,
            publish_at: None,
            published_version: Some(version.number),
            published_title: Some(next.title.clone()),
            published_at: Some(version.published_at),
            ..next
        };
        let required = named(&version)?;
        Ok(Self { course, version, modules, required, outline })
    }

    /// Adds all of it; misses a row if the draft was changed since it was read.
    pub(crate) fn add<E>(&self, transaction: Transaction<E>) -> Transaction<E> {
        let Self { course, version, modules, required, outline } = self;
        transaction
            .execute(outline::unchanged(course.id, *outline))
            .on_missing(changed_meanwhile)
            .execute(course.update())
            .on_missing(changed_meanwhile)
            .execute_all(versions::insert(course.id, version))
            .execute_all(listings::shown(course, Some(version)))
            .publish(&events::published(course, version, required.clone(), modules.clone()))
    }
}

/// What learners have to be able to do before, with names. What is gone nobody can have.
fn named(version: &Version) -> Result<Vec<RequiredCompetency>, SqlError> {
    let required = &version.required_competencies.0;
    let ids: Vec<Uuid> = required.iter().map(|one| one.competency_id).collect();
    let names = competencies::names(&ids)?;
    let told = required.iter().filter_map(|one| {
        let competency_name = names.get(&one.competency_id)?.clone();
        Some(RequiredCompetency { competency_id: one.competency_id, competency_name, level: one.level })
    });
    Ok(told.collect())
}

/// Fails with 409 if the draft is as it was published.
pub(crate) fn check_changed(course: &Course) -> Result<(), Problem> {
    if course.draft_status == DraftStatus::Published {
        return Err(Problem::conflict("NOTHING_CHANGED", "Nothing was changed since it was published."));
    }
    Ok(())
}

pub(crate) fn changed_meanwhile() -> Problem {
    Problem::conflict(
        "COURSE_CHANGED",
        "Somebody else changed the course in the meantime: look at it and try again.",
    )
}

/// Fails with 409 if the course's category wants a review which the draft didn't have.
pub(crate) fn check_reviewed(course: &Course) -> Result<(), Problem> {
    if course.draft_status == DraftStatus::Approved || !wants_review(course)? {
        return Ok(());
    }
    Err(Problem::conflict("REVIEW_REQUIRED", "Courses of its category are reviewed before: submit it."))
}

fn wants_review(course: &Course) -> Result<bool, SqlError> {
    let Some(id) = course.category_id else { return Ok(false) };
    Ok(Category::find(id)?.is_some_and(|category| category.review_required))
}

/// Publishes those drafts whose time has come.
pub(crate) fn publish_due(by: &WithoutOnce) -> Result<(), EventError> {
    let now = clock::now();
    periodic::each(
        |course: &Course| format!("publishing the course {}", course.id),
        |last| Ok(courses::due(now, last, periodic::BATCH)?),
        |course| publish_now(by, course.id, now),
    )?;
    Ok(())
}

fn publish_now(by: &WithoutOnce, id: Uuid, now: Timestamp) -> Result<(), EventError> {
    // It may have been changed since it was found.
    let found = courses::with_outline(id)?;
    let Some((course, outline)) = found.filter(|(course, _)| course.publish_at.is_some_and(|at| at <= now))
    else {
        return Ok(());
    };
    match check_reviewed(&course).and_then(|()| Publication::of(&course, outline)) {
        Ok(publication) => publication.add(by.begin()).commit()?,
        Err(problem) if problem.status() == StatusCode::CONFLICT => {
            let why = format!("It was not published at its time. {}", problem.detail());
            let given_up = Course { publish_at: None, review_comment: Some(why), ..course.next() };
            by.begin().execute(given_up.update()).commit()?
        }
        Err(problem) => return Err(EventError::unavailable(problem.detail().to_owned())),
    };
    Ok(())
}
