//! `wasi:config/store`

pub use lyceum_bindings::imports::wasi::config::store::Error;
#[cfg(target_family = "wasm")]
pub(crate) use lyceum_bindings::imports::wasi::config::store::get;

#[cfg(not(target_family = "wasm"))]
pub use native::Config;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::get;

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::fmt;

    use super::Error;
    use crate::{host::installed::optional, testing};

    /// The configuration variables; the call is that of WIT.
    pub trait Config: fmt::Debug {
        /// A variable's value.
        fn get(&self, name: &str) -> Result<Option<String>, Error>;
    }

    pub(crate) fn get(name: &str) -> Result<Option<String>, Error> {
        match optional(|host| host.config.as_ref()) {
            Some(config) => config.get(name),
            None => Ok(testing::configured(name)),
        }
    }
}
