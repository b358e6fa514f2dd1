//! One run of `lyceum-load`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::scenarios::session::Session;

/// What is asked for, again and again.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    pub(super) url: String,
    /// The processes whose CPU time counts.
    pub(super) pids: Vec<u32>,
    /// Whose requests they are, if anybody's.
    pub(super) session: Option<Arc<Session>>,
    pub(super) headers: Vec<String>,
    /// How it is sent if not by POST.
    pub(super) method: Option<&'static str>,
    /// The status that is answered if not 201, or 200 to what isn't sent by POST.
    pub(super) expect: Option<u16>,
    /// Sent by POST unless said otherwise, as JSON unless a header says otherwise; without one it is a GET.
    pub(super) body: Option<String>,
    /// A file whose lines requests take in turns, as `{value}`.
    pub(super) values: Option<PathBuf>,
    /// What is sent after each answer: a POST to its `Location` with this behind it.
    pub(super) then: Option<&'static str>,
}

/// How it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// Each connection is always busy, for so long.
    Closed(Duration),
    /// So many requests a second, whatever the server does, for so long.
    Open(u32, Duration),
    /// So many requests in all, as fast as they are answered, without a warm-up.
    Count(u64),
}

/// The figures of one run.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Report {
    pub(super) requests_per_second: f64,
    pub(super) latency_us: Latency,
    pub(super) response_bytes: f64,
    server_cpu_us_per_request: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Latency {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

impl Report {
    /// Of the servers' processes.
    pub(super) fn cpu_us(&self) -> f64 {
        self.server_cpu_us_per_request.unwrap_or_default()
    }
}

impl Target {
    /// The command line, without what says whose requests they are.
    pub(super) fn command(&self, program: &Path, connections: u32, pace: Pace) -> Command {
        let mut command = Command::new(program);
        command.arg(&self.url).args(["--connections", &connections.to_string()]);
        for pid in &self.pids {
            command.args(["--pid", &pid.to_string()]);
        }
        for header in &self.headers {
            command.args(["--header", header]);
        }
        if let Some(body) = &self.body {
            let method = self.method.unwrap_or("POST");
            let expect = self.expect.unwrap_or(if method == "POST" { 201 } else { 200 });
            command.args(["--method", method, "--expect", &expect.to_string(), "--body", body]);
            if !self.headers.iter().any(|header| header.starts_with("content-type:")) {
                command.args(["--header", "content-type: application/json"]);
            }
        }
        if let Some(values) = &self.values {
            command.arg("--values").arg(values);
        }
        if let Some(then) = self.then {
            command.args(["--then", then]);
        }
        match pace {
            Pace::Closed(length) => command.args(["--duration", &length.as_secs().to_string()]),
            Pace::Open(rate, length) => {
                command.args(["--rate", &rate.to_string(), "--duration", &length.as_secs().to_string()])
            }
            // The time is a limit that is not meant to be reached.
            Pace::Count(count) => {
                command.args(["--warm-up", "0", "--duration", "600", "--requests", &count.to_string()])
            }
        };
        command.stdin(Stdio::null());
        command
    }

    /// Runs it; an error unless every answer is as it should be.
    pub(super) fn run(&self, program: &Path, connections: u32, pace: Pace) -> anyhow::Result<Report> {
        let mut command = self.command(program, connections, pace);
        if let Some(session) = &self.session {
            command.args(["--header", &format!("authorization: {}", session.authorization()?)]);
        }
        let output = command.output().context("can't start the load")?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            bail!("not every request to {} was answered well: {said}{error}", self.url);
        }
        serde_json::from_str(&said).with_context(|| format!("the load said {said:?}"))
    }
}
