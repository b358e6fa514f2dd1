//! What is shown and changed as a whole, by its id and guarded by its `ETag`.
//!
//! ```ignore
//! row!(versioned Genre in "genres" { id, name, version });
//!
//! impl Resource for Genre {
//!     type View = Self;
//!     const PATH: &'static str = "/api/v1/genres";
//!     const MISSING: &'static str = "There is no such genre.";
//! }
//!
//! async fn show(Path(id): Path<Uuid>) -> Result<Response, Problem> {
//!     Genre::get(id).map(Genre::shown)
//! }
//! ```

use axum::{Json, response::Response};
use serde::Serialize;

use crate::{
    conditions::{Conditions, IfMatch},
    entity_tag::EntityTag,
    params,
    problem::Problem,
    response::{created, tagged},
    sql::{IntoValue, SqlError, Versioned, query_optional},
};

/// A versioned row that people see, with the tag of its version.
pub trait Resource: Versioned + Sized {
    /// What people see of it: the row itself, or what is made of it.
    type View: From<Self> + Serialize;
    /// Where all of them are, such as `/api/v1/genres`; one is below, by its id.
    const PATH: &'static str;
    /// What is said of one that isn't there, such as `There is no such genre.`
    const MISSING: &'static str;

    /// The one with this id, if there is one.
    fn find(id: impl IntoValue) -> Result<Option<Self>, SqlError> {
        let key = Self::COLUMNS.first().copied().unwrap_or_default();
        query_optional(Self::select(&format!("WHERE {key} = $1"), params![id]))
    }

    /// The one with this id, or 404.
    fn get(id: impl IntoValue) -> Result<Self, Problem> {
        Self::find(id)?.ok_or_else(|| Problem::not_found(Self::MISSING))
    }

    /// The one with this id, if its state is the one that a change is meant for; or else 404 or 412.
    fn get_for(id: impl IntoValue, meant: &impl MeantFor) -> Result<Self, Problem> {
        let found = Self::get(id)?;
        meant.check(&found.tag())?;
        Ok(found)
    }

    /// Its `ETag`.
    fn tag(&self) -> EntityTag {
        EntityTag::of_version(self.version())
    }

    /// 200 with what it is, and its `ETag`.
    fn shown(self) -> Response {
        tagged(&self.tag(), Json(Self::View::from(self)))
    }

    /// 201 with what it is, its `ETag` and its `Location`.
    fn created(self) -> Response {
        let location = format!("{}/{}", Self::PATH, self.key());
        created(&location, self.shown())
    }
}

/// Which state of a resource a request is meant for: [`IfMatch`] where it has to say so, [`Conditions`] where it may.
pub trait MeantFor {
    /// Fails with 412 if that isn't the present state.
    fn check(&self, present: &EntityTag) -> Result<(), Problem>;
}

impl MeantFor for IfMatch {
    fn check(&self, present: &EntityTag) -> Result<(), Problem> {
        Self::check(self, present)
    }
}

impl MeantFor for Conditions {
    fn check(&self, present: &EntityTag) -> Result<(), Problem> {
        Self::check(self, present)
    }
}
