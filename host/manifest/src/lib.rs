//! `spin.toml`, read and checked: the application manifest of Lyceum.
//!
//! The manifest is Spin's version 2; what Spin has no field for stands under
//! `[component.<id>.tool.lyceum]`. This crate turns the text into a typed [`Manifest`] and the
//! environment into [`Links`] and [`Variables`], the two things that an operator may override.
//!
//! It guarantees that
//! * **every** mistake is found in one go, each with its line, column and a hint how to mend it;
//! * a [`Manifest`] that exists holds together: every route, subscription, call between components
//!   and template in it names something that is there, and every limit is within its range.
//!
//! It knows nothing of WebAssembly: whether a component has the imports and exports that its
//! manifest promises is the runtime's to check.
//!
//! Start reading at [`Manifest::load`], then `read` (text to model, one field at a time), `check`
//! (rules that span components) and `links` (what the environment says).

#![forbid(unsafe_code)]

mod check;
mod links;
mod load;
mod mistake;
mod model;
mod read;

pub use links::{
    BlobsLink, DocumentsLink, Environment, EventsLink, KeyvalueLink, Links, MailLink, OutboundLink,
    PublicUrl, S3Bucket, ServerUrl, SqlLink, Variables,
};
pub use mistake::{Mistake, Place, Report};
pub use model::{
    Beginning, BucketLink, Component, ERASURE, Limits, Manifest, Mode, PathTemplate, Pattern, Route,
    RouteEntry, SHARED, Subscription, TICKS, Template, TemplatePart, Trust, ValuePattern, Variable,
};
