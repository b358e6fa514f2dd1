//! Where the stores' futures run.

use std::{
    future::Future,
    sync::LazyLock,
    time::{Duration, Instant},
};

use tokio::runtime::{Builder, Runtime};

/// One for all tests of the program: a test's thread waits, these threads work.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("can't start a runtime")
});

/// How long a store's call may take, as on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The future's output, on the runtime's threads where it spawns something.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// Runs what has to be called inside a runtime.
pub(crate) fn inside<T>(run: impl FnOnce() -> T) -> T {
    let _entered = RUNTIME.enter();
    run()
}

pub(crate) fn deadline() -> Instant {
    Instant::now() + PATIENCE
}
