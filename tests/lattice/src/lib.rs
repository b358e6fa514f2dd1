//! Proofs on a lattice: what its users see when something of it is lost, added, changed or scaled.
//!
//! Each file in `tests/` is one proof. It starts a lattice of its own on this machine, puts it under a [`load`] that doesn't
//! wait for answers, does something to it, and prints [`figures`] of the time before and after. What was acknowledged is then
//! looked for in the databases and in the mail: [`deployment`].
//!
//! Start reading at [`load::Load`].
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

pub mod deployment;
pub mod figures;
pub mod inventory;
pub mod load;
pub mod metrics;
pub mod processes;
pub mod proof;
pub mod versions;
