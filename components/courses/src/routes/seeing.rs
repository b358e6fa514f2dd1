//! Who sees and changes which course, and which version of it.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::resource::MeantFor;
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::IntoParams;

use super::UPDATE;
use crate::domain::course::{Course, Status};
use crate::domain::fields::Visibility;
use crate::domain::learner::Learner;
use crate::store::courses::with_outline;
use crate::store::{copies, learners, members, outline};

/// Which version of a course is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `draft`, which only those see who may change it, or the number of a published version. If not given, the draft for those
    /// who may change it, the version that they learn for learners, and the latest one for everybody else.
    #[param(value_type = Option<String>, pattern = "^(draft|[1-9][0-9]{0,8})$")]
    pub(super) version: Option<Edition>,
}

/// The draft, or a published version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Edition {
    Draft,
    Version(i64),
}

impl<'de> Deserialize<'de> for Edition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let plain =
            text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        match text.as_str() {
            "draft" => Ok(Self::Draft),
            number if plain => number.parse().map(Self::Version).map_err(D::Error::custom),
            _ => Err(D::Error::custom("must be draft or the number of a version")),
        }
    }
}

/// A course that somebody sees.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) course: Course,
    pub(super) edition: Edition,
    /// Whether they may change it.
    pub(super) edits: bool,
    /// As whom they learn in it.
    pub(super) learner: Option<Learner>,
}

pub(super) fn missing() -> Problem {
    Problem::not_found("There is no such course.")
}

fn edits(caller: Option<&Caller>, course: &Course) -> bool {
    caller.is_some_and(|caller| {
        caller.may(UPDATE) && (caller.has(Role::Admin) || course.is_given_by(caller.user_id))
    })
}

/// What was published, archived or not, is seen by everybody if it is public, and by the members of its organisation if it is
/// theirs.
fn is_open(caller: Option<&Caller>, course: &Course) -> Result<bool, SqlError> {
    if course.status == Status::Draft {
        return Ok(false);
    }
    match (course.visibility, course.organization_id, caller) {
        (Visibility::Public, ..) => Ok(true),
        (Visibility::Organization, Some(id), Some(caller)) => members::is_member(id, caller.user_id),
        _ => Ok(false),
    }
}

/// The course in the version that is asked for, or 404.
pub(super) fn see(caller: Option<&Caller>, id: Uuid, asked: Option<Edition>) -> Result<Seen, Problem> {
    let course = Course::find(id)?.ok_or_else(missing)?;
    let edits = edits(caller, &course);
    let learner = match caller.filter(|_| !edits) {
        Some(caller) => learners::learner(id, caller.user_id)?,
        None => None,
    };
    if !edits && learner.is_none() && !is_open(caller, &course)? {
        return Err(missing());
    }
    let unknown = || Problem::not_found("There is no such version of the course.");
    let latest = course.published_version;
    let edition = match asked {
        None | Some(Edition::Draft) if edits => Edition::Draft,
        None => {
            let own = learner.map(|learner| learner.course_version);
            let own = own.filter(|own| latest.is_some_and(|latest| (1..=latest).contains(own)));
            own.or(latest).map(Edition::Version).ok_or_else(unknown)?
        }
        Some(Edition::Version(number)) if latest.is_some_and(|latest| number <= latest) => {
            Edition::Version(number)
        }
        Some(_) => return Err(unknown()),
    };
    Ok(Seen { course, edition, edits, learner })
}

/// The course, with its outline's count, if the caller may change it: or else 404, 403, or 409 if it is archived.
pub(super) fn edit(caller: &Caller, id: Uuid) -> Result<(Course, i64), Problem> {
    let found = edit_any(caller, id)?;
    if found.0.status == Status::Archived {
        return Err(Problem::conflict("COURSE_ARCHIVED", "It is archived: restore it first."));
    }
    if copies::is_being_filled(id)? {
        return Err(being_copied());
    }
    Ok(found)
}

pub(super) fn being_copied() -> Problem {
    Problem::conflict("COURSE_BEING_COPIED", "A job is still filling it: wait for its end.")
}

/// The same, if its draft is the state that a change is meant for; or else also 412.
pub(super) fn edit_for(caller: &Caller, id: Uuid, meant: &impl MeantFor) -> Result<(Course, i64), Problem> {
    let found = edit(caller, id)?;
    meant.check(&found.0.tag())?;
    Ok(found)
}

/// Changes the outline of a course's draft, anew if somebody else was quicker: `change` reads what it needs, and ends the
/// transaction that counts the change. Fails as [`edit`] does.
pub(super) fn change_outline(
    context: &Context,
    caller: &Caller,
    id: Uuid,
    mut change: impl FnMut(Transaction) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    again(|| {
        let (_, counted) = edit(caller, id)?;
        let counting = outline::changed(id, counted);
        change(context.begin().execute(counting).on_missing(Problem::changed_meanwhile))
    })
}

/// The same as [`edit`] of one that may be archived.
pub(super) fn edit_any(caller: &Caller, id: Uuid) -> Result<(Course, i64), Problem> {
    let (course, outline) = with_outline(id)?.ok_or_else(missing)?;
    if edits(Some(caller), &course) {
        return Ok((course, outline));
    }
    if is_open(Some(caller), &course)? {
        return Err(Problem::forbidden("Only its instructors and administrators change a course."));
    }
    Err(missing())
}
