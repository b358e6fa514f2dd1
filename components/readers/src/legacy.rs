//! The older library's face: `/api/readers`, for clients that know readers by their numbers.
//!
//! Versions count from 0 there, and from 1 in the rows. What an older client writes is what that library knew of a reader;
//! category and block stay as they are.

mod change;
mod create;
mod find;
mod form;
mod json;
mod photo;
mod quote;
mod top;
mod view;

use std::fmt;

use lyceum_kit::dialect::{LIBRARY, LibraryProfile};
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::IntoParams;

use self::view::LibraryReader;
use crate::domain::Reader;
use crate::store;
use crate::store::older;

/// The path inside. Clients know it as `/api/readers`.
const PATH: &str = "/legacy/readers";
/// The configuration variable that lets anybody at all see and find readers as the successor's clients could, when it says
/// `open`.
const OPEN: &str = "library_open_readers";
/// So many readers are in an answer that has no pages.
const MAX_READERS: u32 = 1_000;

pub(crate) fn routes() -> Routes {
    let (staff, readers) = (Access::RolesAlone(&[Role::Librarian]), Access::RolesAlone(&[Role::Reader]));
    let all = Access::RolesAlone(&[Role::Librarian, Role::Reader]);
    Routes::new("", "")
        .add(Access::Anyone, route!(create::create))
        .add(readers, route!(change::change))
        .add(all, route!(find::list))
        .add(staff, route!(find::search))
        .add(staff, route!(top::of_all))
        .add(staff, route!(top::of_genre))
        .add(staff, route!(find::show))
        .add(readers, route!(photo::get_own))
        .add(readers, route!(photo::delete_own))
        .add(all, route!(photo::get))
        .open_when(is_open)
        .dialect(&LIBRARY)
}

/// The library's successor let everybody do everything here.
fn is_open(headers: &HeaderMap) -> Result<bool, Problem> {
    let successor = LibraryProfile::of(headers) == LibraryProfile::Successor;
    Ok(successor && config::get(OPEN)?.as_deref() == Some("open"))
}

/// Whether somebody sees readers as librarians do. Nobody known comes this far unless that is open to everybody.
fn sees_all(MaybeCaller(caller): &MaybeCaller) -> bool {
    caller.as_ref().is_none_or(|caller| caller.has(Role::Librarian))
}

/// A year and a count in it: a reader's number.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct Numbered {
    year: i32,
    seq: i64,
}

impl fmt::Display for Numbered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.year, self.seq)
    }
}

/// The version as older clients count it.
fn tag(reader: &Reader) -> EntityTag {
    EntityTag::of_version(reader.version - 1)
}

/// One reader, with their version.
fn answer(context: &Context, reader: &Reader) -> Response {
    tagged(&tag(reader), Json(LibraryReader::of(context, reader)))
}

fn find(numbered: Numbered) -> Result<Reader, Problem> {
    let number = numbered.to_string();
    older::numbered(&number)?
        .ok_or_else(|| Problem::not_found(format!("Cannot find the reader with number {number}.")))
}

/// The record of who asks.
fn own(caller: &Caller) -> Result<Reader, Problem> {
    names_present(caller)?;
    record_of(caller.user_id)
}

/// Somebody may have an account and no record.
fn record_of(user_id: UserId) -> Result<Reader, Problem> {
    store::of_user(user_id)?.ok_or_else(|| Problem::not_found("Cannot find your reader's record."))
}

/// Nobody reaches their record with a token that names a username which they have left.
fn names_present(caller: &Caller) -> Result<(), Problem> {
    match &caller.session_id {
        Some(session) if store::outdated::is_outdated(session)? => {
            Err(denied("Your token names the username that you had: sign in again."))
        }
        _ => Ok(()),
    }
}

/// Refused by a handler, and not by the rule of its route.
fn denied(detail: &'static str) -> Problem {
    Problem::forbidden(detail).with_code("ACCESS_DENIED")
}
