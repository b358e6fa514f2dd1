//! Log lines, with the service and the correlation id in their context.

use crate::context::Context;

macro_rules! levels {
    ($($(#[$documentation:meta])* $name:ident $level:ident),* $(,)?) => {
        $(
            $(#[$documentation])*
            pub fn $name(message: impl AsRef<str>) {
                write(Level::$level, message.as_ref());
            }
        )*
    };
}

levels! {
    /// For a developer, in detail.
    debug Debug,
    /// Something worth knowing.
    info Info,
    /// Something is wrong, but the answer was given.
    warn Warn,
    /// Something failed that should not.
    error Error,
}

#[derive(Clone, Copy, Debug)]
enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

fn write(level: Level, message: &str) {
    let context = Context::current();
    let context = format!("service={} correlation_id={}", context.service(), context.correlation_id());
    to_host(level, &context, message);
}

#[cfg(target_family = "wasm")]
fn to_host(level: Level, context: &str, message: &str) {
    use lyceum_bindings::imports::wasi::logging::logging;
    let level = match level {
        Level::Debug => logging::Level::Debug,
        Level::Info => logging::Level::Info,
        Level::Warn => logging::Level::Warn,
        Level::Error => logging::Level::Error,
    };
    logging::log(level, context, message);
}

/// Native tests have no host; their output is captured.
#[cfg(not(target_family = "wasm"))]
fn to_host(level: Level, context: &str, message: &str) {
    eprintln!("{level:?} {context} {message}");
}
