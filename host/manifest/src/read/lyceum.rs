//! `[component.<id>.tool.lyceum]`: what Spin has no field for.

use std::time::Duration;

use super::draft::Draft;
use super::field::Field;
use super::table::Table;
use super::{event_kind, limits, names, subscription};
use crate::model::{BucketLink, PathTemplate, Pattern, Route, Trust};

const KNOWN: [&str; 13] = [
    "routes",
    "identity",
    "trust",
    "reuse",
    "sql",
    "read_models",
    "documents",
    "mail",
    "keyvalue",
    "containers",
    "publishes",
    "subscriptions",
    "limits",
];
const DAY: Duration = Duration::from_hours(24);

pub(crate) fn read(field: &Field<'_>, draft: &mut Draft) {
    let Some(table) = field.table(&KNOWN) else { return };
    let component = &mut draft.component;
    let trust = table.get("trust");
    if let Some(trust) =
        trust.and_then(|field| field.choice(&[("own", Trust::Own), ("plug-in", Trust::PlugIn)]))
    {
        component.trust = trust;
    }
    component.reuse = match component.trust {
        Trust::Own => 128,
        Trust::PlugIn => 1,
    };
    let reuse = table.get("reuse").and_then(|field| field.integer(1..=1_000_000));
    if let Some(reuse) = reuse.and_then(|reuse| u32::try_from(reuse).ok()) {
        component.reuse = reuse;
    }
    if let Some(identity) = table.get("identity") {
        component.issuer = identity.choice(&[("issuer", true)]).unwrap_or_default();
        draft.identity = Some(identity.span);
    }
    if let Some(field) = table.get("limits") {
        component.limits = limits::read(&field);
    }
    component.sql = table.flag("sql");
    component.documents = table.flag("documents");
    component.mail = table.flag("mail");
    buckets(&table, draft);
    containers(&table, draft);
    read_models(&table, draft);
    routes(&table, draft);
    publishes(&table, draft);
    for item in table.items("subscriptions") {
        if let Some(subscription) = subscription::read(&item, draft.component.limits.message_concurrency) {
            draft.component.subscriptions.push(subscription);
            draft.subscriptions.push(item.span);
        }
    }
}

fn buckets(table: &Table<'_>, draft: &mut Draft) {
    let Some(buckets) = table.get("keyvalue").and_then(|field| field.free_table()) else { return };
    for (name, field) in buckets.fields() {
        if !names::is_component_id(name) {
            field.wrong("is no name for a bucket", "use kebab-case, such as `revocations`");
        }
        let Some(link) = field.table(&["time_to_live", "entries", "when_full"]) else { continue };
        let range = Duration::from_secs(1)..=366 * DAY;
        let time_to_live = link.get("time_to_live").and_then(|field| field.duration(range));
        let entries = link.get("entries").and_then(|field| field.integer(1..=10_000_000)).unwrap_or(100_000);
        let when_full =
            link.get("when_full").and_then(|field| field.choice(&[("evict", false), ("refuse", true)]));
        let refuses_when_full = when_full.unwrap_or(false);
        let bucket = BucketLink { time_to_live, entries, refuses_when_full };
        draft.component.keyvalue.insert(name.to_owned(), bucket);
    }
}

fn containers(table: &Table<'_>, draft: &mut Draft) {
    for item in table.items("containers") {
        let Some(name) = item.text() else { continue };
        if !names::is_component_id(name) {
            item.wrong(
                format_args!("is \"{name}\", which is no name for a container"),
                "use kebab-case, such as `cover-images`",
            );
        }
        draft.component.containers.insert(name.to_owned());
    }
}

fn read_models(table: &Table<'_>, draft: &mut Draft) {
    draft.read_models = table.get("read_models").map(|field| field.span);
    for item in table.items("read_models") {
        let Some(name) = item.text() else { continue };
        if !names::is_table_name(name) {
            item.wrong(
                format_args!("is \"{name}\", which is no name for a table of a service"),
                "it is like `books_seen`",
            );
        } else if draft.component.read_models.iter().any(|known| known == name) {
            item.wrong(format_args!("is \"{name}\" a second time"), "");
        } else {
            draft.component.read_models.push(name.to_owned());
        }
    }
}

fn routes(table: &Table<'_>, draft: &mut Draft) {
    for item in table.items("routes") {
        let Some(route) = item.table(&["prefix", "path", "rewrite"]) else { continue };
        let (prefix, exact) = (route.get("prefix"), route.get("path"));
        let pattern = match (&prefix, &exact) {
            (Some(prefix), None) => template(prefix).map(Pattern::Prefix),
            (None, Some(exact)) => template(exact).map(Pattern::Path),
            (None, None) => {
                item.wrong(
                    "has no `prefix` and no `path`",
                    "`prefix` covers all below it, `path` nothing else",
                );
                None
            }
            (Some(_), Some(exact)) => {
                exact.wrong("stands beside a `prefix`", "make two routes of it");
                None
            }
        };
        let rewrite = route.get("rewrite").and_then(|field| Some((template(&field)?, field)));
        let Some(pattern) = pattern else { continue };
        if let Some((rewrite, field)) = &rewrite
            && rewrite.variables() != pattern.template().variables()
        {
            // Else the way back, from the component's own path to the one outside, would not be known.
            field.wrong(
                format_args!("is \"{rewrite}\", which has other variables than \"{}\"", pattern.template()),
                "name each variable once",
            );
        }
        draft.component.routes.push(Route { pattern, rewrite: rewrite.map(|(rewrite, _)| rewrite) });
        draft.routes.push(item.span);
    }
}

fn template(field: &Field<'_>) -> Option<PathTemplate> {
    let text = field.text()?;
    PathTemplate::parse(text)
        .inspect_err(|wrong| field.wrong(format_args!("is \"{text}\" and {wrong}"), ""))
        .ok()
}

fn publishes(table: &Table<'_>, draft: &mut Draft) {
    for item in table.items("publishes") {
        let Some(kind) = event_kind::read(&item) else { continue };
        draft.component.publishes.insert(kind.to_owned());
        draft.publishes.push((kind.to_owned(), item.span));
    }
}
