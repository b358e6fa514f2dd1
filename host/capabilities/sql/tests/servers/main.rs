//! PostgreSQL as a real server: TLS, databases that are made, hosts that share, servers that fail.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod bus;
mod create;
mod failover;
mod faults;
mod hosts;
mod load;
mod shared;
mod things;
mod tls;
