//! `LYCEUM_OUTBOUND_*`: what requests of components to the outside may reach.

use std::path::PathBuf;

use lyceum_mesh::Addresses;

use super::Environment;
use crate::mistake::{Mistake, Place};

const PRIVATE: &str = "LYCEUM_OUTBOUND_PRIVATE";
const ROOTS: &str = "LYCEUM_OUTBOUND_ROOTS";
const TRACE: &str = "LYCEUM_OUTBOUND_TRACE";

/// What the operator says of the outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboundLink {
    /// Addresses that may be reached besides the public ones.
    pub addresses: Addresses,
    /// A file with certificates of authorities that are trusted besides the system's.
    pub roots: Option<PathBuf>,
    /// Whether hosts outside are told the trace that a request belongs to.
    pub trace: bool,
}

pub(super) fn read(environment: &Environment, mistakes: &mut Vec<Mistake>) -> OutboundLink {
    let mut wrong = |name: &str, message: String, hint: &str| {
        let place = Place::Environment(name.to_owned());
        mistakes.push(Mistake { place, message, hint: Some(hint.to_owned()) });
    };
    let addresses = environment.get(PRIVATE).unwrap_or_default().parse().unwrap_or_else(|error| {
        let hint = "it is a list with commas, such as `10.1.0.0/16,192.168.1.20,intranet.example.org`";
        wrong(PRIVATE, format!("{error}"), hint);
        Addresses::default()
    });
    let trace = match environment.get(TRACE) {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            wrong(TRACE, "is neither `true` nor `false`".to_owned(), "by default it is `false`");
            false
        }
    };
    OutboundLink { addresses, roots: environment.get(ROOTS).map(PathBuf::from), trace }
}
