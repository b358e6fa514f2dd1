//! Why a copy isn't lent, or not any longer.

use lyceum_kit::prelude::*;

use crate::domain::{Reason, Rule};

/// The answer where something is against it, with all of that.
pub(super) fn refusal(rule: &Rule, reasons: &[Reason]) -> Problem {
    let Rule { location, reader_category, item_type, .. } = rule;
    let detail = format!(
        "Refused by the rule for location {location}, category {reader_category} and type {item_type}; see details."
    );
    let refused = Problem::conflict("LENDING_REFUSED", detail);
    reasons.iter().fold(refused, |refused, reason| refused.with_violation(reason.told()))
}

/// A fault of this service's: there always is a rule.
pub(crate) fn no_rule() -> Problem {
    log::error("there is no circulation rule for everything else");
    Problem::internal()
}
