//! What is sent to a component piece by piece: bytes and names, and at their end whether that was all.

use std::pin::Pin;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use lyceum_blobs::Error;
use tokio::sync::oneshot;

/// Pieces that come.
pub(super) type Pieces<T> = Pin<Box<dyn Stream<Item = T> + Send>>;
/// Whether these were all.
pub(super) type Ended = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Names that are sent at once.
const NAMES: usize = 1000;

/// The bytes, as they come.
pub(super) fn bytes(
    bytes: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
) -> (Pieces<Bytes>, Ended) {
    // An empty piece would mean the end.
    parted(bytes.filter(|piece| std::future::ready(piece.as_ref().map_or(true, |bytes| !bytes.is_empty()))))
}

/// The names, some at a time: from the one at `offset` on, and at most so many.
pub(super) fn names(
    names: impl Stream<Item = Result<String, Error>> + Send + 'static,
    limit: Option<u64>,
    offset: Option<u64>,
) -> (Pieces<Vec<String>>, Ended) {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let names = names.skip(offset.map_or(0, count)).take(limit.map_or(usize::MAX, count));
    // The names before an error are sent, too.
    let some = names.ready_chunks(NAMES).flat_map(|some| {
        let (mut names, mut error) = (Vec::new(), None);
        for name in some {
            match name {
                Ok(name) => names.push(name),
                Err(why) => error = Some(why),
            }
        }
        let names = (!names.is_empty()).then_some(Ok(names));
        stream::iter(names.into_iter().chain(error.map(Err)))
    });
    parted(some)
}

/// What comes until the first error, and the error.
fn parted<T: Send + 'static>(
    pieces: impl Stream<Item = Result<T, Error>> + Send + 'static,
) -> (Pieces<T>, Ended) {
    let (sender, receiver) = oneshot::channel();
    let state = (Box::pin(pieces), sender);
    let pieces = stream::unfold(state, |(mut pieces, sender)| async move {
        let ended = match pieces.next().await {
            Some(Ok(piece)) => return Some((piece, (pieces, sender))),
            Some(Err(error)) => Err(error.to_string()),
            None => Ok(()),
        };
        // Nobody listens any more if the component is gone.
        let _ = sender.send(ended);
        None
    });
    let ended = async { receiver.await.unwrap_or_else(|_| Err("the transfer was given up".to_owned())) };
    (Box::pin(pieces), Box::pin(ended))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unavailable() -> Error {
        Error::Unavailable("a test".to_owned())
    }

    #[tokio::test]
    async fn the_end_says_whether_it_was_all() {
        let piece = || Ok(Bytes::from("some"));
        let (pieces, ended) = bytes(stream::iter([piece(), Ok(Bytes::new()), piece()]));
        assert_eq!(pieces.collect::<Vec<_>>().await, ["some", "some"]);
        assert_eq!(ended.await, Ok(()));

        let (pieces, ended) = bytes(stream::iter([piece(), Err(unavailable()), piece()]));
        assert_eq!(pieces.collect::<Vec<_>>().await, ["some"]);
        assert_eq!(ended.await, Err(unavailable().to_string()));
    }

    #[tokio::test]
    async fn names_are_counted_and_sent_before_an_error() {
        let four = || stream::iter(["a", "b", "c", "d"].map(|name| Ok(name.to_owned())));
        let (pieces, ended) = names(four(), Some(2), Some(1));
        assert_eq!(pieces.concat().await, ["b", "c"]);
        assert_eq!(ended.await, Ok(()));

        let (pieces, ended) = names(four().chain(stream::iter([Err(unavailable())])), None, None);
        assert_eq!(pieces.concat().await, ["a", "b", "c", "d"]);
        assert!(ended.await.is_err());
    }
}
