//! The database's threads.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Error;

/// Starts a thread that works until its work ends by itself.
///
/// A panic costs the calls in hand, which are told, and what the connection had open is rolled back; the
/// database goes on.
pub(super) fn start(name: String, mut work: impl FnMut() + Send + 'static) -> Result<(), Error> {
    let despite_panics = move || {
        while catch_unwind(AssertUnwindSafe(&mut work)).is_err() {
            tracing::error!("a database thread panicked and starts again");
        }
    };
    std::thread::Builder::new()
        .name(name)
        .spawn(despite_panics)
        .map(|_| ())
        .map_err(|error| Error::Unavailable(format!("no thread: {error}")))
}
