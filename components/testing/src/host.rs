//! What stands behind the service's host calls: the host's own stores, called as a host calls them.

/// `Debug` for what has nothing to show but its name.
macro_rules! named {
    ($($type:ident),*) => {
        $(impl ::std::fmt::Debug for $type {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(stringify!($type))
            }
        })*
    };
}

#[cfg(feature = "blobs")]
pub(crate) mod blobs;
pub(crate) mod calls;
pub(crate) mod config;
#[cfg(feature = "documents")]
pub(crate) mod documents;
#[cfg(feature = "keyvalue")]
pub(crate) mod keyvalue;
#[cfg(feature = "mail")]
pub(crate) mod mail;
pub(crate) mod sql;

pub(crate) use named;
