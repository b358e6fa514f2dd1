//! Measures how long a guest computes, and ends it when that is too long.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A guest's call that may compute for at most `limit`.
///
/// A guest yields at every tick of the epoch, so the time between the start and the end of a poll
/// is time spent computing, and is never much longer than a tick.
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
        let start = Instant::now();
        let polled = self.call.as_mut().poll(context);
        self.spent += start.elapsed();
        let spent = self.spent;
        match polled {
            Poll::Ready(output) => Poll::Ready(Measured { output: Some(output), spent }),
            Poll::Pending if spent > self.limit => Poll::Ready(Measured { output: None, spent }),
            Poll::Pending => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_computes_too_long_is_ended() {
        let busy = async {
            loop {
                let start = Instant::now();
                while start.elapsed() < Duration::from_millis(1) {}
                tokio::task::yield_now().await;
            }
        };
        let measured: Measured<()> = Metered::new(busy, Duration::from_millis(5)).await;
        assert!(measured.output.is_none());
        assert!(measured.spent >= Duration::from_millis(5));
    }

    #[tokio::test]
    async fn waiting_is_not_computing() {
        let waiting = tokio::time::sleep(Duration::from_millis(30));
        let measured = Metered::new(waiting, Duration::from_millis(20)).await;
        assert!(measured.output.is_some());
        assert!(measured.spent < Duration::from_millis(20));
    }
}
