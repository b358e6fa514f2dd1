//! The MongoDB backend, on a real server that speaks its protocol: a private FerretDB, or the server whose URL
//! `LYCEUM_TEST_MONGODB` gives.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod outages;
mod relays;
mod subject;

lyceum_documents::conformance_tests!(on_mongodb, crate::subject::OnMongodb::new());
