//! Rules that span components: what one says must fit what the others say.

mod calls;
mod events;
mod routes;
mod triggers;

use std::path::Path;

use crate::model::Trust;
use crate::read::findings::Findings;
use crate::read::table::suggestion;
use crate::read::{Draft, Reading};

/// Reports all that doesn't fit; answers the id of the public component.
pub(crate) fn all(
    reading: &mut Reading,
    findings: &Findings<'_>,
    is_there: &dyn Fn(&Path) -> bool,
) -> Option<String> {
    let public = triggers::check(reading, findings);
    sources(reading, findings, is_there);
    identity(reading, findings);
    variables(reading, findings);
    calls::check(reading, findings);
    events::check(reading, findings);
    routes::check(reading, findings, public.as_deref());
    public
}

/// A component whose id comes near, if there is none with this very id.
fn unknown_component(id: &str, drafts: &[Draft]) -> Option<String> {
    let ids = || drafts.iter().map(|draft| draft.component.id.as_str());
    (!ids().any(|known| known == id)).then(|| suggestion(id, ids().collect::<Vec<_>>()))
}

fn sources(reading: &Reading, findings: &Findings<'_>, is_there: &dyn Fn(&Path) -> bool) {
    for draft in &reading.drafts {
        let source = &draft.component.source;
        if let Some(span) = &draft.source
            && !is_there(source)
        {
            let message = format!("component `{}` has no file {}", draft.component.id, source.display());
            findings.report(span, message, "`cargo xtask components` builds ours");
        }
    }
}

fn identity(reading: &Reading, findings: &Findings<'_>) {
    let mut first: Option<&str> = None;
    for draft in reading.drafts.iter().filter(|draft| draft.component.issuer) {
        let (id, span) = (&draft.component.id, draft.identity.as_ref().unwrap_or(&draft.span));
        if draft.component.trust == Trust::PlugIn {
            findings.report(
                span,
                format!("component `{id}` is a plug-in and may not originate identities"),
                "",
            );
        }
        if let Some(first) = first {
            let message = format!("component `{id}` is an issuer of identities, but `{first}` is it already");
            findings.report(span, message, "only one component may be");
        }
        first.get_or_insert(id);
    }
}

fn variables(reading: &Reading, findings: &Findings<'_>) {
    for (name, span) in reading.drafts.iter().flat_map(|draft| &draft.names) {
        if !reading.variables.contains_key(name) {
            let hint = if reading.variables.is_empty() {
                "declare it under [variables]".to_owned()
            } else {
                suggestion(name, reading.variables.keys().map(String::as_str))
            };
            findings.report(span, format!("the application has no variable `{name}`"), hint);
        }
    }
}
