//! Log lines, with the service and the correlation id in their context.

use crate::{
    context::Context,
    host::logging::{Level, log},
};

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

fn write(level: Level, message: &str) {
    let context = Context::current();
    let context = format!("service={} correlation_id={}", context.service(), context.correlation_id());
    log(level, &context, message);
}
