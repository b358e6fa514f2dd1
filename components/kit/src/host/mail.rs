//! `lyceum:mail/sender`

#[cfg(target_family = "wasm")]
pub(crate) use lyceum_bindings::imports::lyceum::mail::sender::send;
pub use lyceum_bindings::imports::lyceum::mail::sender::{Error, Message};

#[cfg(not(target_family = "wasm"))]
pub use native::Mail;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::send;

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::fmt;

    use super::{Error, Message};
    use crate::host::installed::required;

    /// Sends mail; the call is that of WIT.
    pub trait Mail: fmt::Debug {
        /// Hands over one mail.
        fn send(&self, message: &Message) -> Result<(), Error>;
    }

    pub(crate) fn send(message: &Message) -> Result<(), Error> {
        required("lyceum:mail/sender", |host| host.mail.as_ref()).send(message)
    }
}
