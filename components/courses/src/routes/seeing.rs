//! Who sees and changes which course, and which version of it.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::resource::MeantFor;
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::IntoParams;

use super::UPDATE;
use crate::domain::course::{Course, Status};
use crate::domain::fields::Visibility;
use crate::store::courses::with_outline;
use crate::store::outline;

/// Which version of a course is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `draft`, which only those see who may change it, or the number of a published version. If not given, the draft for those
    /// who may change it, and the latest version for everybody else.
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
}

pub(super) fn missing() -> Problem {
    Problem::not_found("There is no such course.")
}

fn edits(caller: Option<&Caller>, course: &Course) -> bool {
    caller.is_some_and(|caller| {
        caller.may(UPDATE) && (caller.has(Role::Admin) || course.is_given_by(caller.user_id))
    })
}

/// Everybody sees what is public and was published, archived or not.
fn is_open(course: &Course) -> bool {
    course.status != Status::Draft && course.visibility == Visibility::Public
}

/// The course in the version that is asked for, or 404.
pub(super) fn see(caller: Option<&Caller>, id: Uuid, asked: Option<Edition>) -> Result<Seen, Problem> {
    let course = Course::find(id)?.ok_or_else(missing)?;
    let edits = edits(caller, &course);
    if !edits && !is_open(&course) {
        return Err(missing());
    }
    let unknown = || Problem::not_found("There is no such version of the course.");
    let latest = course.published_version;
    let edition = match asked {
        None | Some(Edition::Draft) if edits => Edition::Draft,
        None => latest.map(Edition::Version).ok_or_else(unknown)?,
        Some(Edition::Version(number)) if latest.is_some_and(|latest| number <= latest) => {
            Edition::Version(number)
        }
        Some(_) => return Err(unknown()),
    };
    Ok(Seen { course, edition, edits })
}

/// The course, with its outline's count, if the caller may change it: or else 404, 403, or 409 if it is archived.
pub(super) fn edit(caller: &Caller, id: Uuid) -> Result<(Course, i64), Problem> {
    let found = edit_any(caller, id)?;
    if found.0.status == Status::Archived {
        return Err(Problem::conflict("COURSE_ARCHIVED", "It is archived: restore it first."));
    }
    Ok(found)
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
    if is_open(&course) {
        return Err(Problem::forbidden("Only its instructors and administrators change a course."));
    }
    Err(missing())
}
