//! Requests to hosts outside: what the environment says of them, and what the manifest lets components call.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context, Result};
use lyceum_manifest::{Manifest, OutboundLink};
use lyceum_mesh::{Mesh, OutboundEntry, addresses};
use lyceum_outbound::{Settings, Trace};
use lyceum_runtime::Outside;

/// The way outside.
pub(crate) fn open(mesh: Mesh, link: &OutboundLink) -> Result<Outside> {
    Outside::new(mesh, settings(link)).context("LYCEUM_OUTBOUND_ROOTS")
}

fn settings(link: &OutboundLink) -> Settings {
    let trace = if link.trace { Trace::Told } else { Trace::Kept };
    Settings { addresses: link.addresses.clone(), roots: link.roots.clone(), trace, ..Settings::default() }
}

/// What can be said before a start of each component that may call hosts outside: which, and what it won't reach.
pub(crate) fn known(manifest: &Manifest, link: &OutboundLink) -> Vec<String> {
    let mut lines = Vec::new();
    for component in manifest.components.values() {
        for entry in component.allowed_outbound_hosts.outside() {
            lines.push(format!("{} -> {entry} outside{}", component.id, remark(entry, link)));
        }
    }
    lines
}

fn remark(entry: &OutboundEntry, link: &OutboundLink) -> &'static str {
    let Some(host) = entry.host() else { return "" };
    let is_named = link.addresses.names(host);
    match entry.address() {
        Some(address) if !link.addresses.permit(host, address) => {
            ", which is not public: LYCEUM_OUTBOUND_PRIVATE must name it"
        }
        Some(address) if !addresses::is_public(address) => ", which LYCEUM_OUTBOUND_PRIVATE opens",
        None if is_named => ", wherever it is: LYCEUM_OUTBOUND_PRIVATE names it",
        None if host == "localhost" && !link.addresses.permit(host, IpAddr::V4(Ipv4Addr::LOCALHOST)) => {
            ", which is this machine: LYCEUM_OUTBOUND_PRIVATE must name it"
        }
        _ => "",
    }
}

/// Whether the operator's authorities can be read.
pub(crate) fn check(link: &OutboundLink) -> Result<()> {
    settings(link).check().context("LYCEUM_OUTBOUND_ROOTS")
}
