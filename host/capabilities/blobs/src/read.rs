//! Reading an object, and checking its seal on the way.

use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{GetResult, Result as Stored};
use tracing::error;

use crate::Error;
use crate::patience::{ANSWER, within};
use crate::seal::Unsealing;

/// The bytes in `range` of an object of `size` bytes, from an answer that begins where the range does and goes on
/// behind it.
pub(crate) fn content_of(
    found: GetResult,
    place: Path,
    range: Range<u64>,
    size: u64,
) -> BoxStream<'static, Result<Bytes, Error>> {
    let whole = range == (0..size);
    let stored = found.into_stream();
    if whole {
        let reading = Whole { stored, place, unsealing: Some(Unsealing::new(size)), held: None };
        stream::try_unfold(reading, Whole::next).boxed()
    } else {
        let left = range.end - range.start;
        stream::try_unfold(Part { stored, left }, Part::next).boxed()
    }
}

/// A whole object. Its last piece is held back until the seal was checked: whoever reads a damaged one gets less than
/// was announced.
struct Whole {
    stored: BoxStream<'static, Stored<Bytes>>,
    place: Path,
    unsealing: Option<Unsealing>,
    held: Option<Bytes>,
}

impl Whole {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        while let Some(unsealing) = &mut self.unsealing {
            if let Some(bytes) = within(ANSWER, self.stored.try_next()).await? {
                let content = unsealing.take(bytes);
                if !content.is_empty()
                    && let Some(ready) = self.held.replace(content)
                {
                    return Ok(Some((ready, self)));
                }
            } else {
                let checked = self.unsealing.take().map_or(Ok(()), Unsealing::check);
                checked.inspect_err(
                    |error| error!(object = %self.place, %error, "a stored object is damaged"),
                )?;
            }
        }
        Ok(self.held.take().map(|last| (last, self)))
    }
}

/// Some of an object's bytes, which nothing is known of but their number.
struct Part {
    stored: BoxStream<'static, Stored<Bytes>>,
    left: u64,
}

impl Part {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(mut bytes) = within(ANSWER, self.stored.try_next()).await? else {
            return Err(Error::Damaged("it ends too early".to_owned()));
        };
        bytes.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= bytes.len() as u64;
        Ok(Some((bytes, self)))
    }
}
