//! Exactly one component is the public one, and a component has one trigger at most.

use std::collections::BTreeSet;

use super::unknown_component;
use crate::read::Reading;
use crate::read::findings::Findings;

/// Answers the public component's id and marks the components that have a trigger.
pub(crate) fn check(reading: &mut Reading, findings: &Findings<'_>) -> Option<String> {
    let mut public = None;
    let mut seen = BTreeSet::new();
    for trigger in &reading.triggers {
        let id = &trigger.component;
        if let Some(hint) = unknown_component(id, &reading.drafts) {
            findings.report(&trigger.span, format!("there is no component `{id}`"), hint);
        }
        if !seen.insert(id.clone()) {
            findings.report(&trigger.span, format!("component `{id}` has more than one trigger"), "");
        }
        match &public {
            Some(first) if trigger.public => {
                let message = format!("both `{first}` and `{id}` have the route \"/...\"");
                findings.report(&trigger.span, message, "all but the gateway have { private = true }");
            }
            None if trigger.public => public = Some(id.clone()),
            _ => {}
        }
    }
    if public.is_none() {
        findings.report(&(0..0), "no component has the route \"/...\"", "one [[trigger.http]] must have it");
    }
    for draft in &mut reading.drafts {
        draft.component.http = seen.contains(&draft.component.id);
    }
    public
}
