//! What is done every so often.

use lyceum_kit::job;
use lyceum_kit::periodic::{Job, every, minutes};

use crate::covers::COVERS;
use crate::routes::KINDS;
use crate::store::{fields, records};

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "jobs", |by| job::run_due(by, KINDS)),
    every(minutes(1), "unused-covers", |by| COVERS.sweep(by)),
    every(minutes(1), "field-words", fields::fill),
    every(minutes(10), "replaced-records", records::forget),
];
