//! What is done every so often.

use lyceum_kit::periodic::{Job, every, minutes};

use crate::photos::PHOTOS;
use crate::{joining, store};

pub(crate) const JOBS: &[Job] = &[
    every(minutes(1), "sagas", joining::run_due),
    every(minutes(1), "unused-photos", |by| PHOTOS.sweep(by)),
    every(minutes(10), "outdated-tokens", store::outdated::purge),
];
