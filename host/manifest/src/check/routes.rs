//! Every path leads to one component, and the gateway may call it.

use std::collections::BTreeMap;

use crate::model::PathTemplate;
use crate::read::Reading;
use crate::read::findings::Findings;

pub(crate) fn check(reading: &Reading, findings: &Findings<'_>, public: Option<&str>) {
    let mut owners: BTreeMap<_, (&str, &PathTemplate)> = BTreeMap::new();
    let gateway = reading.drafts.iter().find(|draft| Some(draft.component.id.as_str()) == public);
    for draft in &reading.drafts {
        let id = draft.component.id.as_str();
        for (route, span) in draft.component.routes.iter().zip(&draft.routes) {
            let (kind, template) = (route.pattern.kind(), route.pattern.template());
            if let Some((owner, first)) = owners.insert(route.pattern.shape(), (id, template)) {
                let message =
                    format!("the {kind} `{template}` of `{id}` matches what `{first}` of `{owner}` matches");
                findings.report(
                    span,
                    message,
                    "one route must be more specific: a literal segment, or more of them",
                );
            }
        }
        let Some(span) = draft.routes.first() else { continue };
        if Some(id) == public {
            let message = format!("component `{id}` is the public one, so it can't have routes");
            findings.report(span, message, "routes lead from the public component to the others");
        } else if !draft.component.http {
            let hint = "give it a [[trigger.http]] with route = { private = true }";
            findings.report(span, format!("component `{id}` has routes but no trigger"), hint);
        } else if let Some(gateway) = gateway
            && !gateway.component.allowed_outbound_hosts.allows_component(id)
        {
            let message =
                format!("component `{}` may not call `{id}`, to which routes lead", gateway.component.id);
            let hint = format!("add \"http://{id}.spin.internal\" to its allowed_outbound_hosts");
            findings.report(span, message, hint);
        } else if let Some(gateway) = gateway
            && draft.component.limits.request_body > gateway.component.limits.request_body
        {
            let [takes, passes] =
                [draft, gateway].map(|draft| bytesize::ByteSize(draft.component.limits.request_body));
            let gateway = &gateway.component.id;
            let message =
                format!("component `{id}` takes bodies of {takes}, but `{gateway}` lets {passes} pass");
            findings.report(span, message, format!("raise `request_body` in the limits of `{gateway}`"));
        }
    }
}
