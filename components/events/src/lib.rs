//! The events that services publish: one type for each kind, for its publisher and for all who consume it.
//!
//! What binds publishers and consumers in whatever language is the JSON Schema of the kind, in `schemas/`. Tests hold
//! each type here against it on both sides: what is published is valid, and the least that is valid can be read.
//! Within a version fields are added, and never changed or removed; so a field that was added is an `Option`, or has a
//! default. Who needs little of an event may read a type with fewer fields: see
//! [`Consumes`](lyceum_kit::subscription::Consumes).
#![forbid(unsafe_code)]

pub mod auth;
pub mod authors;
pub mod books;
pub mod courses;
pub mod enrollments;
pub mod files;
pub mod genres;
pub mod lendings;
pub mod notifications;
pub mod payments;
pub mod progress;
pub mod readers;
pub mod students;
pub mod users;

/// What every service may publish.
pub mod platform {
    pub use lyceum_kit::erasure::ErasureAnswered;
}

/// States a type's kind, and what it is about.
macro_rules! event {
    ($type:ty, $kind:literal, about $aggregate_type:literal in $($id:ident).+) => {
        impl lyceum_kit::event::Event for $type {
            const KIND: &'static str = $kind;
            const AGGREGATE_TYPE: &'static str = $aggregate_type;
            fn aggregate_id(&self) -> String {
                self.$($id).+.to_string()
            }
        }
    };
}
use event;
