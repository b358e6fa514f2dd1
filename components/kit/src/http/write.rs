//! Bodies that go to the host.

use std::{future::poll_fn, pin::Pin};

use axum::body::{Body, HttpBody};
use lyceum_bindings::imports::wasi::{
    http::types::OutgoingBody,
    io::streams::{OutputStream, StreamError},
};

use super::body::BodyError;
use crate::block_on::block_on;

/// How the writing of a body ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Written {
    /// With its end.
    Whole,
    /// Early: the peer stopped reading, or the body itself broke off. It stays unfinished, so that the peer
    /// sees a broken body rather than a short one.
    Partly,
    /// Early, since the body is longer than the host lets this component take.
    TooLarge,
}

/// Writes a whole body, frame by frame.
pub(crate) fn write_body(target: OutgoingBody, mut body: Body) -> Written {
    if !body.is_end_stream() {
        let Ok(stream) = target.write() else { return Written::Partly };
        loop {
            match block_on(poll_fn(|context| Pin::new(&mut body).poll_frame(context))) {
                Some(None) => break,
                Some(Some(Ok(frame))) => {
                    // Trailers are not passed on.
                    let Ok(data) = frame.into_data() else { continue };
                    if write_bytes(&stream, &data).is_err() {
                        return Written::Partly;
                    }
                }
                Some(Some(Err(error))) if BodyError::is_too_large(&error) => return Written::TooLarge,
                None | Some(Some(Err(_))) => return Written::Partly,
            }
            if body.is_end_stream() {
                break;
            }
        }
        if stream.flush().is_err() {
            return Written::Partly;
        }
    }
    if OutgoingBody::finish(target, None).is_ok() { Written::Whole } else { Written::Partly }
}

/// Two host calls for what the host has room for, and a wait when it has none.
pub(crate) fn write_bytes(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let room = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
        if room == 0 {
            stream.subscribe().block();
            continue;
        }
        let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        stream.write(now)?;
        bytes = later;
    }
    Ok(())
}
