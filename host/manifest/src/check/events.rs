//! Every event that a component waits for is published by somebody.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Beginning, Mode, SHARED, TICKS};
use crate::read::Reading;
use crate::read::findings::Findings;
use crate::read::table::{nearest, suggestion};

pub(crate) fn check(reading: &Reading, findings: &Findings<'_>) {
    let published = publishers(reading, findings);
    for draft in &reading.drafts {
        let id = &draft.component.id;
        let mut seen = BTreeSet::new();
        for (subscription, span) in draft.component.subscriptions.iter().zip(&draft.subscriptions) {
            let kind = subscription.kind.as_str();
            // A projection and a reaction are two consumers, each with its own progress.
            if !seen.insert((kind, subscription.mode)) {
                let message = format!("component `{id}` subscribes to `{kind}` twice");
                findings.report(span, message, "a kind can be a projection once and a reaction once");
            }
            let is_known = published.contains_key(kind) || TICKS.contains(&kind);
            if !is_known && !is_of_an_absent_service(kind, &published) {
                let kinds: Vec<_> = published.keys().copied().chain(TICKS).collect();
                findings.report(span, format!("nobody publishes `{kind}`"), suggestion(kind, kinds));
            }
        }
    }
    read_models(reading, findings);
}

/// Whether a kind is of a service that isn't part of the application, such as one that takes payments: it is waited for until there
/// is such a service. One whose name is nearly that of a service that is there is meant to be that.
fn is_of_an_absent_service<T>(kind: &str, published: &BTreeMap<&str, T>) -> bool {
    let service = |kind: &str| -> Option<String> {
        let (service, _) = kind.strip_prefix("lyceum.")?.split_once('.')?;
        Some(service.to_owned()).filter(|service| service != "tick")
    };
    let Some(own) = service(kind) else { return false };
    let there: Vec<String> = published.keys().copied().filter_map(service).collect();
    nearest(&own, there.iter().map(String::as_str)).is_none()
}

/// Projections fill them, and they are tables.
fn read_models(reading: &Reading, findings: &Findings<'_>) {
    for draft in &reading.drafts {
        let (component, Some(span)) = (&draft.component, &draft.read_models) else { continue };
        if !component.sql {
            let message = format!("component `{}` has read models but no database", component.id);
            findings.report(span, message, "say `sql = true`");
        }
        let subscriptions = component.subscriptions.iter().zip(&draft.subscriptions);
        let projected: Vec<_> =
            subscriptions.filter(|(subscription, _)| subscription.mode == Mode::Projection).collect();
        if projected.is_empty() {
            let message = format!("component `{}` has read models that no event fills", component.id);
            findings.report(span, message, "subscribe with `mode = \"projection\"`, or name no read models");
        }
        for (subscription, span) in projected {
            if subscription.from == Beginning::Now {
                let message = format!(
                    "the read models of component `{}` are not given all of `{}`",
                    component.id, subscription.kind
                );
                findings.report(
                    span,
                    message,
                    "leave `from` out, so that they can be made anew from the log",
                );
            }
        }
    }
}

/// The component that publishes each kind.
fn publishers<'r>(reading: &'r Reading, findings: &Findings<'_>) -> BTreeMap<&'r str, &'r str> {
    let mut published = BTreeMap::new();
    for draft in &reading.drafts {
        let id = draft.component.id.as_str();
        for (kind, span) in &draft.publishes {
            if TICKS.contains(&kind.as_str()) {
                findings.report(span, format!("`{kind}` is published by the platform alone"), "");
            } else if let Some(first) = published.insert(kind.as_str(), id)
                && (first == id || !SHARED.contains(&kind.as_str()))
            {
                let message = format!("`{kind}` is published by `{first}` already");
                findings.report(span, message, "a kind of event has one owner");
            }
        }
        let has_outbox = draft.component.sql || draft.component.documents;
        if let (Some((_, span)), false) = (draft.publishes.first(), has_outbox) {
            let message = format!("component `{id}` publishes events but has no outbox");
            findings.report(
                span,
                message,
                "events are published from an outbox: say `sql = true` or `documents = true`",
            );
        }
    }
    published
}
