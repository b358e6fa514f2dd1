//! The WIT side of each capability: turns a guest's call into a call of the linked backend.

pub(crate) mod blobs;
pub(crate) mod config;
pub(crate) mod documents;
mod http_error;
pub(crate) mod keyvalue;
pub(crate) mod logging;
pub(crate) mod mail;
pub(crate) mod sql;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::capabilities::{lyceum, wasi};
use crate::guest::Guest;

/// A linker that satisfies every import a component may have.
pub(crate) fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    http_error::add_to_linker(&mut linker)?;
    own(&mut linker)?;
    Ok(linker)
}

/// The interfaces that Lyceum itself serves, one by one: all at once would add `wasi:io` again, which one of them uses.
fn own(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    fn guest(guest: &mut Guest) -> &mut Guest {
        guest
    }
    type Own = HasSelf<Guest>;
    wasi::config::store::add_to_linker::<_, Own>(linker, guest)?;
    wasi::logging::logging::add_to_linker::<_, Own>(linker, guest)?;
    wasi::keyvalue::store::add_to_linker::<_, Own>(linker, guest)?;
    wasi::keyvalue::atomics::add_to_linker::<_, Own>(linker, guest)?;
    wasi::keyvalue::batch::add_to_linker::<_, Own>(linker, guest)?;
    wasi::blobstore::types::add_to_linker::<_, Own>(linker, guest)?;
    wasi::blobstore::container::add_to_linker::<_, Own>(linker, guest)?;
    wasi::blobstore::blobstore::add_to_linker::<_, Own>(linker, guest)?;
    lyceum::data::types::add_to_linker::<_, Own>(linker, guest)?;
    lyceum::data::sql::add_to_linker::<_, Own>(linker, guest)?;
    lyceum::data::documents::add_to_linker::<_, Own>(linker, guest)?;
    lyceum::mail::sender::add_to_linker::<_, Own>(linker, guest)
}
