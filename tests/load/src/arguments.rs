//! The command line.

use std::net::{SocketAddr, ToSocketAddrs};
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Parser;
use http::{HeaderName, HeaderValue, Method, Uri};

/// Puts load on an HTTP/1.1 server and prints a JSON report.
///
/// Exits with 1 when an answer had another status than --expect, or when a request failed.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// What to ask for; http only
    pub(crate) url: Uri,
    /// The method
    #[arg(long, default_value = "GET")]
    pub(crate) method: Method,
    /// A header as `name: value`; `{unique}` becomes a UUID of its own in each request
    #[arg(long = "header", value_parser = header)]
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The body; `{unique}` becomes the same UUID as in the headers
    #[arg(long, default_value = "")]
    pub(crate) body: String,
    /// A file of which each request takes the next line, and after the last one the first one again: `{value}` in path,
    /// headers and body becomes it
    #[arg(long, value_name = "FILE")]
    pub(crate) values: Option<PathBuf>,
    /// After each answer sends a POST without a body to where its `Location` says, with this behind the path. Both count as
    /// one request, and the second one must be answered with 200
    #[arg(long, value_name = "SUFFIX")]
    pub(crate) then: Option<String>,
    /// Connections, each with one request at a time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) connections: u32,
    /// Requests a second in all, at a constant rate (open loop); without it each connection sends its next
    /// request when the last was answered (closed loop)
    #[arg(long)]
    pub(crate) rate: Option<NonZeroU32>,
    /// Seconds to run before measuring
    #[arg(long, default_value = "1", value_parser = seconds)]
    pub(crate) warm_up: Duration,
    /// Seconds to measure
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub(crate) duration: Duration,
    /// Stop after so many requests, with those of the warm-up
    #[arg(long)]
    pub(crate) requests: Option<NonZeroU64>,
    /// Seconds to wait for an answer
    #[arg(long, default_value = "10", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// A process whose CPU time is measured; may be given several times
    #[arg(long = "pid")]
    pub(crate) pids: Vec<u32>,
    /// The status that every answer must have
    #[arg(long, default_value_t = 200)]
    pub(crate) expect: u16,
}

impl Arguments {
    /// Where to connect to.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        ensure!(self.url.scheme_str() == Some("http"), "{} does not begin with http://", self.url);
        let host = self.url.host().with_context(|| format!("{} has no host", self.url))?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let mut addresses = (host, self.url.port_u16().unwrap_or(80))
            .to_socket_addrs()
            .with_context(|| format!("look up {host}"))?;
        addresses.next().with_context(|| format!("{host} has no address"))
    }
}

fn seconds(text: &str) -> anyhow::Result<Duration> {
    let seconds: f64 = text.parse().context("not a number of seconds")?;
    ensure!((0.0..=86_400.0).contains(&seconds), "must be 0 to 86400 seconds");
    Ok(Duration::from_secs_f64(seconds))
}

fn header(text: &str) -> anyhow::Result<(HeaderName, HeaderValue)> {
    let (name, value) = text.split_once(':').context("not of the form `name: value`")?;
    Ok((name.trim().parse()?, value.trim().parse()?))
}
