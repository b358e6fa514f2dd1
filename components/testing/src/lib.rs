//! Tests of one service, in this process, on real stores.
//!
//! An [`App`] is a service with a database of its own: [`Unopened::sqlite`] in a temporary file, [`Unopened::postgres`] on a
//! private server that is started once a test program. The service's host calls (`lyceum_kit::host`) go to the same
//! crates that stand behind a real host: sql, documents, keyvalue, blobs, mail. Only what lies outside of the service is
//! played by the test: its callers ([`App::as_role`], ...), events that come ([`App::deliver`]) and services that it
//! calls ([`App::on_call`]).
//!
//! ```ignore
//! let app = App::new(&SERVICE).sqlite();
//! app.deliver(&user_created()).unwrap();
//! let answer = app.as_role(Role::Admin).get("/api/v1/users").send();
//! assert_eq!(answer.json()["items"][0]["display_name"], "Ada");
//! assert_eq!(app.events().len(), 1);
//! app.explain().assert_indexed(&[]);
//! ```
//!
//! Tables are always there; what else a service uses is behind the features `blobs`, `documents`, `keyvalue` and `mail`.
//!
//! Everything runs on the test's own thread and blocks it; the stores have a runtime of their own. So a test is a plain
//! `#[test]`, not an async one. What is wrong with the test itself is a panic.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_fields_in_debug,
    clippy::missing_panics_doc,
    clippy::needless_pass_by_value,
    clippy::nonminimal_bool,
    clippy::panic,
    clippy::return_self_not_must_use,
    clippy::unwrap_used,
    reason = "tests call it: what is wrong is a panic, and what is handy is taken by value"
)]

mod answer;
mod app;
mod call;
pub mod contract;
mod database;
mod event;
mod explain;
mod host;
pub mod library;
mod live;
mod runtime;
mod schema;

pub use answer::{Answer, Problem};
pub use app::{App, Unopened};
pub use call::{As, Call};
pub use event::{Event, Published};
pub use explain::Plans;
pub use host::sql::Crash;
pub use live::Announced;
