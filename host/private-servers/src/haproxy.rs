//! A private HAProxy.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::daemon::Daemon;
use crate::programs;

/// A load balancer of its own.
#[derive(Debug)]
pub struct HaproxyServer {
    port: u16,
    daemon: Daemon,
}

impl HaproxyServer {
    /// Starts one with the configuration that is made for its port, installing the program if it is missing.
    ///
    /// # Errors
    /// If the program is missing and can't be installed, or the configuration is refused.
    pub fn start(configuration: impl Fn(u16) -> String) -> Result<Self> {
        let program = programs::ready("haproxy", "haproxy")?;
        let daemon = Daemon::new("haproxy")?;
        let file = daemon.folder().join("haproxy.cfg");
        let port = daemon.launch_on_free_port(
            |port| {
                fs::write(&file, configuration(port)).context("write the configuration")?;
                let mut command = std::process::Command::new(&program);
                command.arg("-db").arg("-f").arg(&file);
                Ok(command)
            },
            |_, port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok(),
        )?;
        Ok(Self { port, daemon })
    }

    /// The address that clients use.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for HaproxyServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}
