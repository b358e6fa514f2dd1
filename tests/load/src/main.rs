//! Load over plain HTTP/1.1 with keep-alive, and what it cost: a figure, not a feeling.
//!
//! Two modes. The closed loop keeps every connection busy and finds the most requests a second. The open loop
//! (`--rate`) starts requests at a constant rate whatever the server does and measures from the *intended*
//! start, so that a stall counts for everybody who would have waited in it (G. Tene's "coordinated
//! omission").
//!
//! Each connection is a thread with blocking reads and writes, and requests are laid out in advance: one
//! write and usually one read a request, which is less than any server does. The report gives the client's
//! own CPU time beside the server's, so this can be checked.
//!
//! Start at [`run::run`].

#![forbid(unsafe_code)]

mod arguments;
mod connection;
mod processor_time;
mod report;
mod response;
mod run;
mod schedule;
mod template;
mod values;
mod worker;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use arguments::Arguments;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let report = run::run(&arguments)?;
    let text = serde_json::to_string_pretty(&report).context("write the report")?;
    println!("{text}");
    Ok(if report.is_as_expected(arguments.expect) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
