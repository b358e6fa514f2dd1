//! What the host logs.

use anyhow::{Context, Result};
use clap::Args;
use lyceum_console::logs::{self, Format};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What begins the name of everything that Lyceum logs itself.
const OURS: [&str; 3] = ["lyceum", "component", "access"];

/// How logs look and what they hold.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// The form of the log on standard error
    #[arg(long, value_enum, default_value = "human", env = "LYCEUM_LOG_FORMAT")]
    log_format: Format,
    /// What is logged: a level, such as `debug`, or levels by origin, such as `info,access=debug` (one line a
    /// request). A level alone is Lyceum's own; of the libraries inside it nothing below `info` is shown unless
    /// they are named
    #[arg(long, value_name = "FILTER", default_value = "info", env = "LYCEUM_LOG")]
    log: String,
}

/// Starts logging to standard error. Done once, before anything else is started.
pub(crate) fn start(options: &Options) -> Result<()> {
    let filter = filter(&options.log).with_context(|| format!("read the log filter {:?}", options.log))?;
    Ok(logs::start(filter, options.log_format)?)
}

fn filter(text: &str) -> Result<EnvFilter> {
    let mut directives = Vec::new();
    for directive in text.split(',').map(str::trim) {
        match directive.parse::<LevelFilter>() {
            Ok(level) => {
                directives.push(level.min(LevelFilter::INFO).to_string());
                directives.extend(OURS.map(|ours| format!("{ours}={level}")));
            }
            Err(_) => directives.push(directive.to_owned()),
        }
    }
    Ok(EnvFilter::try_new(directives.join(","))?)
}

#[cfg(test)]
mod tests {
    use super::filter;

    fn read(text: &str) -> String {
        let mut directives: Vec<_> =
            filter(text).unwrap().to_string().split(',').map(str::to_owned).collect();
        directives.sort();
        directives.join(",")
    }

    #[test]
    fn a_level_alone_is_ours() {
        assert_eq!(read("debug"), "access=debug,component=debug,info,lyceum=debug");
        assert_eq!(read("warn"), "access=warn,component=warn,lyceum=warn,warn");
    }

    #[test]
    fn an_origin_has_the_level_it_is_given() {
        assert_eq!(
            read("info, access=debug,sqlparser=trace"),
            "access=debug,component=info,info,lyceum=info,sqlparser=trace"
        );
        assert!(filter("lyceum=loud").is_err());
    }
}
