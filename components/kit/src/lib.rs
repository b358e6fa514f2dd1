//! What a Lyceum service is written with.
//!
//! A service declares itself by [`service!`] and holds nothing but handlers, its
//! domain and its SQL. The kit guarantees that no handler runs before the access
//! to its route was checked, that every error is a problem document (RFC 9457)
//! which tells nothing of the inside, and that a request with an
//! `Idempotency-Key`, or an event, has its effect once.
//!
//! An instance works on one request or event at a time, and a host call blocks
//! only that instance: so there is no reactor, and every future is ready at once.
//! Everything but the host calls compiles and is tested natively too.
//!
//! Start reading at the README, then [`service`] and [`routes`].
#![forbid(unsafe_code)]

pub mod access;
pub mod again;
pub mod answer;
pub mod blobs;
pub mod block_on;
pub mod body;
pub mod caller;
pub mod clock;
pub mod conditions;
pub mod config;
pub mod context;
pub mod day;
pub mod dialect;
pub mod documents;
pub mod entity_tag;
pub mod erasure;
pub mod event;
mod export;
pub mod form;
mod guard;
pub mod host;
pub mod http;
pub mod idempotency;
pub mod identity;
pub mod ids;
pub mod job;
pub mod json;
pub mod keyvalue;
pub mod list;
pub mod live;
pub mod log;
pub mod mail;
pub mod merge_patch;
pub mod once;
mod openapi;
pub mod outside;
pub mod page;
pub mod parameters;
pub mod path_template;
pub mod periodic;
pub mod permission;
pub mod pictures;
pub mod prelude;
pub mod problem;
pub mod projection;
pub mod random;
pub mod resource;
pub mod response;
pub mod role;
pub mod routes;
pub mod saga;
pub mod search;
pub mod service;
pub mod settings;
pub mod sql;
pub mod subject;
pub mod subscription;
pub mod tabular;
pub mod takeover;
pub mod testing;
pub mod text;
mod text_enum;
pub mod user_id;
pub mod violation;
mod wording;

/// What the macros refer to.
#[doc(hidden)]
pub mod reexports {
    pub use lyceum_bindings as bindings;
    pub use pastey;
}
