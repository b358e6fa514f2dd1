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

    /// Starts one as Lyceum's own configuration file describes it, but before these hosts, each with its public address
    /// and its operators' one.
    ///
    /// # Errors
    /// As [`HaproxyServer::start`].
    pub fn before(configuration: &str, hosts: &[(&str, &str)]) -> Result<Self> {
        Self::start(|port| balancing(configuration, port, hosts))
    }

    /// The address that clients use.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The configuration with other addresses.
fn balancing(configuration: &str, port: u16, hosts: &[(&str, &str)]) -> String {
    let mut lines = Vec::new();
    let mut skipping = false;
    for line in configuration.lines() {
        // Addresses need no resolver.
        skipping = if line.starts_with(' ') { skipping } else { line.starts_with("resolvers") };
        if skipping {
            continue;
        }
        let line = line.replace(" resolvers platform", "").replace("check port 8081", "check");
        // A developer may open fewer files than a server.
        let line = line.replace("maxconn 20000", "maxconn 500");
        if line.contains("bind :8080") {
            lines.push(format!("    bind 127.0.0.1:{port}"));
        } else if line.trim_start().starts_with("server lyceum-1 ") {
            for (number, (listen, admin)) in hosts.iter().enumerate() {
                let admin = admin.rsplit_once(':').map_or("", |(_, port)| port);
                lines.push(format!("    server lyceum-{number} {listen} port {admin}"));
            }
        } else if !line.trim_start().starts_with("server lyceum-") {
            lines.push(line);
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

impl Drop for HaproxyServer {
    fn drop(&mut self) {
        self.daemon.end(Signal::SIGTERM);
    }
}
