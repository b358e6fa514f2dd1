//! What is the same for every server: how it goes, and how it comes back.

use std::sync::Arc;

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::daemon::Daemon;

/// What can happen to a server of any kind.
pub trait Server: Kept {
    /// Its port on 127.0.0.1.
    fn port(&self) -> u16 {
        self.kept_port()
    }

    /// Stops it in an orderly way; clients lose their connections.
    ///
    /// # Errors
    /// If it doesn't stop.
    fn stop(&self) -> Result<()> {
        self.daemon().stop_with(self.stops_on())
    }

    /// Stops it if it runs, and starts it on the same port with what it has stored.
    ///
    /// # Errors
    /// If it doesn't stop or start.
    fn restart(&self) -> Result<()> {
        self.stop()?;
        self.launch_again()
    }

    /// Kills all its processes at once. [`Server::restart`] brings it back.
    ///
    /// # Errors
    /// If they can't be killed.
    fn kill9(&self) -> Result<()> {
        self.daemon().kill9()
    }

    /// Freezes all its processes: clients get no answer, but keep their connections.
    ///
    /// # Errors
    /// If they can't be reached.
    fn pause(&self) -> Result<()> {
        self.daemon().pause()
    }

    /// Lets a paused server go on.
    ///
    /// # Errors
    /// If its processes can't be reached.
    fn resume(&self) -> Result<()> {
        self.daemon().resume()
    }
}

impl<T: Kept> Server for T {}

impl<T: Kept> Kept for Arc<T> {
    fn daemon(&self) -> &Daemon {
        (**self).daemon()
    }

    fn kept_port(&self) -> u16 {
        (**self).kept_port()
    }

    fn launch_again(&self) -> Result<()> {
        (**self).launch_again()
    }

    fn stops_on(&self) -> Signal {
        (**self).stops_on()
    }
}

/// What each kind of server says of itself.
pub trait Kept {
    /// Its process and its folder.
    fn daemon(&self) -> &Daemon;

    /// See [`Server::port`].
    fn kept_port(&self) -> u16;

    /// Starts it again, where it was before.
    fn launch_again(&self) -> Result<()>;

    /// The signal upon which it ends in an orderly way.
    fn stops_on(&self) -> Signal {
        Signal::SIGTERM
    }
}
