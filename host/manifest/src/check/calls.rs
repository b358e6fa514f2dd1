//! Calls between components lead to components that answer.

use super::unknown_component;
use crate::read::Reading;
use crate::read::findings::Findings;

pub(crate) fn check(reading: &Reading, findings: &Findings<'_>) {
    for draft in &reading.drafts {
        for (id, span) in &draft.calls {
            if let Some(hint) = unknown_component(id, &reading.drafts) {
                findings.report(span, format!("there is no component `{id}`"), hint);
            } else if *id == draft.component.id {
                findings.report(span, format!("component `{id}` calls itself"), "");
            } else if !reading.drafts.iter().any(|other| other.component.id == *id && other.component.http) {
                let hint = "give it a [[trigger.http]] with route = { private = true }";
                findings.report(
                    span,
                    format!("component `{id}` has no trigger, so it answers no calls"),
                    hint,
                );
            }
        }
    }
}
