//! Figures of requests to hosts outside. How single hosts do, the mesh's figures tell.

use std::collections::BTreeMap;

use crate::Family;
use crate::Kind::Counter;

/// Requests without an answer, by the reason.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn of(failures: &BTreeMap<&'static str, u64>) -> Vec<Family> {
    let mut family =
        Family::new("outbound_failures_total", Counter, "Requests to hosts outside without an answer");
    for (reason, count) in failures {
        family = family.with(&[("reason", reason)], *count as f64);
    }
    vec![family]
}
