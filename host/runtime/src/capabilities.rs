//! The WIT side of each capability: turns a guest's call into a call of the linked backend.

pub(crate) mod config;
pub(crate) mod documents;
mod http_error;
pub(crate) mod keyvalue;
pub(crate) mod logging;
pub(crate) mod mail;
pub(crate) mod sql;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::capabilities::Capabilities;
use crate::guest::Guest;

/// A linker that satisfies every import a component may have.
pub(crate) fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    http_error::add_to_linker(&mut linker)?;
    Capabilities::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest: &mut Guest| guest)?;
    Ok(linker)
}
