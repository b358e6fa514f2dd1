//! Proofs on a lattice: what its users see when something of it is lost, added, changed or scaled.
//!
//! Each file in `tests/` is one proof. It starts a lattice of its own on this machine and puts it under a load that doesn't
//! wait for answers.
#![forbid(unsafe_code)]
