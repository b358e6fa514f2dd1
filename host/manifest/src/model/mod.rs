//! The manifest as the rest of the host sees it.

mod component;
mod events;
mod limits;
mod manifest;
mod routes;
mod variables;

pub use component::{BucketLink, Component, Trust};
pub use events::{Beginning, ERASURE, Mode, SHARED, Subscription, TICKS};
pub use limits::Limits;
pub use manifest::Manifest;
pub use routes::{PathTemplate, Pattern, Route, RouteEntry};
pub use variables::{Template, TemplatePart, ValuePattern, Variable};
