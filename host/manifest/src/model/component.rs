//! One component with all that the host must know of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use lyceum_mesh::Outbound;

use super::{Limits, Route, Subscription, Template};

/// One `[component.<id>]`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent yes-or-no facts of the manifest")]
pub struct Component {
    /// Kebab-case, unique; also its name as `http://<id>.spin.internal`, as an events consumer and
    /// as the owner of its database.
    pub id: String,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// The WebAssembly file; relative ones are resolved against the manifest's folder.
    pub source: PathBuf,
    /// Whom it may call.
    pub allowed_outbound_hosts: Outbound,
    /// What `wasi:config/store` tells it; see [`crate::Variables`] for the resolved values.
    pub variables: BTreeMap<String, Template>,
    /// Whether it is one of our own.
    pub trust: Trust,
    /// How many requests or messages one instance serves before it is discarded; at least 1.
    pub reuse: u32,
    /// What it may use at most.
    pub limits: Limits,
    /// Whether it answers HTTP at all, that is: has a trigger.
    pub http: bool,
    /// The paths that lead to it.
    pub routes: Vec<Route>,
    /// The events it is given.
    pub subscriptions: Vec<Subscription>,
    /// The kinds of event it may publish.
    pub publishes: BTreeSet<String>,
    /// Whether it has a database of its own.
    pub sql: bool,
    /// The tables of its database that its projections alone fill, so that they can be made anew from the log. What is
    /// referred to stands before what refers to it.
    pub read_models: Vec<String>,
    /// Whether it has collections of documents of its own.
    pub documents: bool,
    /// Whether it may send mail.
    pub mail: bool,
    /// Its buckets by name.
    pub keyvalue: BTreeMap<String, BucketLink>,
    /// The names of its containers for blobs.
    pub containers: BTreeSet<String>,
    /// Whether it may originate an identity; at most one component may.
    pub issuer: bool,
    /// The line of `[component.<id>]` in the manifest, from 1; for mistakes found later.
    pub line: usize,
}

/// How far a component is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Ours: instances are reused 128 times by default.
    Own,
    /// Somebody else's: a fresh instance each time by default, and nothing is allowed unasked.
    PlugIn,
}

/// One `keyvalue.<bucket> = { ... }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketLink {
    /// How long a value lives after it was set; for ever by default; 1 s to 366 days.
    pub time_to_live: Option<Duration>,
    /// How many entries it holds; 1 to 10,000,000; 100,000 by default.
    pub entries: u64,
    /// Whether a full bucket refuses new entries rather than forget the oldest; not by default.
    pub refuses_when_full: bool,
}
