//! Sending statements without waiting for each other's answers.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures::future::{BoxFuture, FutureExt, MaybeDone, maybe_done};

/// Runs the futures together. Each is polled for the first time, which sends its request, only after all
/// before it: the server gets the requests in this order.
pub(super) async fn pipeline<T>(steps: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut steps: Vec<MaybeDone<BoxFuture<'_, T>>> = steps.into_iter().map(maybe_done).collect();
    poll_fn(|context| {
        let mut pending = 0;
        for step in &mut steps {
            pending += usize::from(step.poll_unpin(context).is_pending());
        }
        if pending == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    steps.iter_mut().filter_map(|step| Pin::new(step).take_output()).collect()
}
