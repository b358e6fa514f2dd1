//! What the tests of the whole platform stand on.
//!
//! Two halves that know nothing of each other's inside:
//! - [`client`] speaks HTTP to a deployment of which it knows an address and an admin's credentials, so the
//!   suite can be held against any deployment (`LYCEUM_TEST_BASE_URL`);
//! - [`harness`] starts and kills the real program, with a data folder and a database of its own, on ports that
//!   the operating system chooses. Everything that it starts ends with it, even when a test panics or the test
//!   process itself is killed.
//!
//! Start reading at [`harness::Lyceum`] and [`client::Client`].
#![forbid(unsafe_code)]

pub mod client;
pub mod harness;
pub mod poll;
pub mod tier;
