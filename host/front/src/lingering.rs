//! A request's body that is read to its end even when nobody wants it.
//!
//! An answer may be given before the whole body has come: the caller isn't signed in, the body is too large. If the
//! connection were closed at once, what the client still sends would reset it, and the reset would overtake the
//! answer (RFC 9112, 9.6). So the rest is read and thrown away, for a while.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

/// How long the rest of an unwanted body is read; then the connection is closed all the same.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the rest of `body` when dropped before its end.
pub struct Lingering<B>
where
    B: Body + Send + Unpin + 'static,
{
    body: Option<B>,
}

impl<B> Lingering<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    pub(crate) fn new(body: B) -> Self {
        Self { body: Some(body) }
    }
}

impl<B> Body for Lingering<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if matches!(frame, None | Some(Err(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B> Drop for Lingering<B>
where
    B: Body + Send + Unpin + 'static,
{
    fn drop(&mut self) {
        let Some(mut rest) = self.body.take().filter(|body| !body.is_end_stream()) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(tokio::time::timeout(
            TIMEOUT,
            async move { while let Some(Ok(_)) = rest.frame().await {} },
        ));
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::channel::Channel;

    use super::*;

    #[tokio::test]
    async fn an_abandoned_body_is_drained_so_that_its_sender_goes_on() {
        let (mut sender, body) = Channel::<Bytes>::new(1);
        drop(Lingering::new(body));
        for _ in 0..100 {
            sender.send_data(Bytes::from_static(b"more")).await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_without_end_is_left() {
        let (mut sender, body) = Channel::<Bytes>::new(1);
        drop(Lingering::new(body));
        let begun = tokio::time::Instant::now();
        while sender.send_data(Bytes::from_static(b"more")).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(begun.elapsed() >= TIMEOUT);
    }
}
