//! The commands, one file each.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod events;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod restore;
pub(crate) mod up;

use std::future::Future;

use anyhow::{Context, Result};

/// Runs a command that needs the asynchronous runtime.
fn block_on<T>(command: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the runtime")?
        .block_on(command)
}
