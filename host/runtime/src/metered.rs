//! Measures how long a guest computes, and ends it when that is too long.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// A guest's call that may compute for at most `limit`.
///
/// What counts is the processor time of the thread while it polls the call. The wall clock would also count the
/// time in which a busy machine lets the thread wait. A guest yields at every tick of the epoch, so the limit is
/// looked at often enough.
pub(crate) struct Metered<F> {
    call: Pin<Box<F>>,
    limit: Duration,
    spent: Duration,
}

/// What came of it, and how long it computed.
pub(crate) struct Measured<T> {
    /// `None`: it was ended because it computed too long.
    pub(crate) output: Option<T>,
    pub(crate) spent: Duration,
}

impl<F: Future> Metered<F> {
    pub(crate) fn new(call: F, limit: Duration) -> Self {
        Self { call: Box::pin(call), limit, spent: Duration::ZERO }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = Measured<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let start = thread_time();
        let polled = self.call.as_mut().poll(context);
        self.spent += thread_time().saturating_sub(start);
        let spent = self.spent;
        match polled {
            Poll::Ready(output) => Poll::Ready(Measured { output: Some(output), spent }),
            Poll::Pending if spent > self.limit => Poll::Ready(Measured { output: None, spent }),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The processor time that this thread has used.
fn thread_time() -> Duration {
    // The clock exists on every system that Lyceum runs on; without it nothing would count.
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_computes_too_long_is_ended() {
        let busy = async {
            loop {
                let start = thread_time();
                while thread_time() < start + Duration::from_millis(1) {}
                tokio::task::yield_now().await;
            }
        };
        let measured: Measured<()> = Metered::new(busy, Duration::from_millis(5)).await;
        assert!(measured.output.is_none());
        assert!(measured.spent >= Duration::from_millis(5));
    }

    #[tokio::test]
    async fn a_thread_that_waits_does_not_compute() {
        let blocked = async { std::thread::sleep(Duration::from_millis(30)) };
        assert!(Metered::new(blocked, Duration::from_millis(20)).await.output.is_some());
    }

    #[tokio::test]
    async fn waiting_is_not_computing() {
        let waiting = tokio::time::sleep(Duration::from_millis(30));
        let measured = Metered::new(waiting, Duration::from_millis(20)).await;
        assert!(measured.output.is_some());
        assert!(measured.spent < Duration::from_millis(20));
    }
}
