//! How many streams and long polls a host keeps.

use std::time::Duration;

use clap::Args;
use lyceum_live::Options as Live;

/// Connections for everything else.
const OTHERS: usize = 5_000;

/// What an operator chooses.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// How many streams and long polls are open at once at most
    #[arg(long = "live-streams", value_name = "NUMBER", default_value_t = 5_000, env = "LYCEUM_LIVE_STREAMS",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    streams: u32,
    /// How many of these one person may have
    #[arg(long = "live-streams-of-one", value_name = "NUMBER", default_value_t = 20, env = "LYCEUM_LIVE_STREAMS_OF_ONE",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    of_one: u32,
    /// How long a stream lasts at most, in seconds, before its client has to come again
    #[arg(long = "live-longest", value_name = "SECONDS", default_value_t = 3_600, env = "LYCEUM_LIVE_LONGEST",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    longest: u64,
}

impl Options {
    pub(crate) fn chosen(&self) -> Live {
        Live {
            streams: number(self.streams),
            of_one_caller: number(self.of_one),
            longest: Duration::from_secs(self.longest),
            ..Live::default()
        }
    }

    /// How many connections are taken at once, so that streams leave some to others.
    pub(crate) fn connections(&self) -> usize {
        number(self.streams) + OTHERS
    }
}

fn number(of: u32) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}
