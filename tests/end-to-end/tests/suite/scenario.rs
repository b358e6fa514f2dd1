//! What a scenario is, and how a service's folder lists its own.

use std::future::Future;
use std::pin::Pin;

use anyhow::Result;

use crate::deployments::Target;

type Running = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Something that a person or a program may rely on.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// Whether it is tried on every kind of deployment.
    pub(crate) everywhere: bool,
    pub(crate) run: fn(Target) -> Running,
}

/// Scenarios by module, named as their functions: first those that run on every kind of deployment, then those whose
/// result doesn't hang on what stands behind the components.
#[macro_export]
macro_rules! scenarios {
    ($($module:ident {
        $(everywhere: $($everywhere:ident),+;)?
        $(in_full: $($in_full:ident),+;)?
    })+) => {
        vec![$(
            $($($crate::scenarios!(@one $module, $everywhere, true),)+)?
            $($($crate::scenarios!(@one $module, $in_full, false),)+)?
        )+]
    };
    (@one $module:ident, $name:ident, $everywhere:literal) => {
        $crate::scenario::Scenario {
            name: concat!(stringify!($module), "::", stringify!($name)),
            everywhere: $everywhere,
            run: |target| Box::pin($module::$name(target)),
        }
    };
}
