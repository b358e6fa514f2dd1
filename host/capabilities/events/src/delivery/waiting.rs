//! Waiting for what may not be under way.

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::store::Pending;

/// What comes of something under way; waits for ever without it.
pub(super) async fn pending<T>(under_way: &mut Option<Pending<T>>) -> T {
    let Some(future) = under_way else { return std::future::pending().await };
    let value = future.await;
    *under_way = None;
    value
}

/// The task's result once it has ended; waits for ever without a task. A task that was cancelled
/// has none.
pub(super) async fn joined<T>(task: &mut Option<JoinHandle<T>>) -> Option<T> {
    match task {
        None => std::future::pending().await,
        Some(_) => joined_or_none(task).await,
    }
}

pub(super) async fn joined_or_none<T>(task: &mut Option<JoinHandle<T>>) -> Option<T> {
    let result = task.as_mut()?.await.ok();
    *task = None;
    result
}

pub(super) async fn until(time: Option<Instant>) {
    match time {
        None => std::future::pending().await,
        Some(time) => sleep_until(time).await,
    }
}
