//! `wasi:logging`

pub use lyceum_bindings::imports::wasi::logging::logging::Level;
#[cfg(target_family = "wasm")]
pub(crate) use lyceum_bindings::imports::wasi::logging::logging::log;

#[cfg(not(target_family = "wasm"))]
pub use native::Logging;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::log;

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::fmt;

    use super::Level;
    use crate::host::installed::optional;

    /// Takes log lines; the call is that of WIT.
    pub trait Logging: fmt::Debug {
        /// One line.
        fn log(&self, level: Level, context: &str, message: &str);
    }

    pub(crate) fn log(level: Level, context: &str, message: &str) {
        match optional(|host| host.logging.as_ref()) {
            Some(logging) => logging.log(level, context, message),
            // The output of tests is captured.
            None => eprintln!("{level:?} {context} {message}"),
        }
    }
}
