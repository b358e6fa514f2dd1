//! `wasi:http/types.http-error-code` for errors of bodies that are read.
//!
//! wasmtime-wasi-http 48 looks for the error of its guest bindings, but a body that is read fails with its own
//! [`Error`]; a component could never tell a body that is too large from one that broke off.

use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::bindings::io::error::Error as IoError;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;

use crate::guest::Guest;

/// Replaces the function in a linker that has `wasi:http` already.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    linker
        .instance("wasi:http/types@0.2.12")?
        .func_wrap("http-error-code", |store, (error,): (Resource<IoError>,)| {
            Ok((code(store.data().table.get(&error)?),))
        })?;
    linker.allow_shadowing(false);
    Ok(())
}

fn code(error: &IoError) -> Option<ErrorCode> {
    Some(match error.downcast_ref::<Error>() {
        Some(Error::HttpRequestBodySize(size)) => ErrorCode::HttpRequestBodySize(*size),
        Some(Error::HttpResponseBodySize(size)) => ErrorCode::HttpResponseBodySize(*size),
        Some(Error::HttpResponseIncomplete) => ErrorCode::HttpResponseIncomplete,
        Some(Error::ConnectionReadTimeout) => ErrorCode::ConnectionReadTimeout,
        Some(other) => ErrorCode::InternalError(Some(other.to_string())),
        None => error.downcast_ref::<ErrorCode>()?.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_too_large_is_told_from_one_that_broke_off() {
        let size = |error| matches!(code(&error), Some(ErrorCode::HttpRequestBodySize(Some(7))));
        assert!(size(Error::HttpRequestBodySize(Some(7)).into()));
        assert!(size(ErrorCode::HttpRequestBodySize(Some(7)).into()));
        assert!(matches!(code(&Error::ConnectionTerminated.into()), Some(ErrorCode::InternalError(Some(_)))));
        assert!(matches!(code(&Error::ConnectionReadTimeout.into()), Some(ErrorCode::ConnectionReadTimeout)));
        assert!(code(&IoError::msg("a disk failed")).is_none());
    }
}
