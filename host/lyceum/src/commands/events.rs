//! `lyceum events`: the event log, the dead letters and what is made of events, whether or not the application runs.

mod print;
mod rebuild;

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use lyceum_events::{EventFilter, Rewind};
use lyceum_manifest::{Environment, EventsLink, Report};
use serde_json::json;

use crate::event_log::Log;

/// Which events.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder that everything durable is kept in
    #[arg(long, value_name = "DIR", default_value = "data", env = "LYCEUM_DATA", global = true)]
    data: PathBuf,
    /// The application manifest; its name is the log's on an event server
    #[arg(long, value_name = "FILE", default_value = "spin.toml", global = true)]
    manifest: PathBuf,
    /// One JSON object a line instead of columns
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List published events, or with --dead the dead letters
    List(List),
    /// Show one event whole, and whose dead letter it is
    Show {
        /// The event's id
        id: String,
    },
    /// Deliver a dead letter again; a running host does so within a second, a stopped one when it starts
    Replay(Letter),
    /// Give a dead letter up for good; the event itself stays in the log
    Drop(Letter),
    /// Deliver all events to a consumer again, from a time or a position on; a running host begins within a second, a stopped
    /// one when it starts
    Rewind(Again),
    /// Make a service's read models anew from the log, while hosts serve the old ones, and put them in their place at once
    Rebuild(rebuild::Options),
}

#[derive(Args)]
struct List {
    /// Only dead letters, with the consumer and the error
    #[arg(long)]
    dead: bool,
    /// Only dead letters of this consumer
    #[arg(long, value_name = "CONSUMER", requires = "dead")]
    consumer: Option<String>,
    /// Only events of this kind, such as lyceum.auth.UserCreated.v1
    #[arg(long, conflicts_with = "dead")]
    kind: Option<String>,
    /// Only events about this aggregate
    #[arg(long, value_name = "ID", conflicts_with = "dead")]
    aggregate: Option<String>,
    /// Only events published at or after this time, such as 2026-01-31T08:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "dead")]
    since: Option<jiff::Timestamp>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Where an earlier list ended
    #[arg(long)]
    cursor: Option<String>,
}

#[derive(Args)]
struct Again {
    /// The consumer, such as users/projection
    consumer: String,
    #[command(flatten)]
    from: Place,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// Begin with the first event published at or after this time, such as 2026-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<jiff::Timestamp>,
    /// Begin with the event at this position, as `lyceum events show` tells it
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    position: Option<i64>,
}

impl Place {
    fn rewind(&self) -> Rewind {
        match (self.since, self.position) {
            (Some(since), _) => Rewind::Since(since.into()),
            (None, position) => Rewind::From(position.unwrap_or(1)),
        }
    }
}

#[derive(Args)]
struct Letter {
    /// The event's id
    id: String,
    /// The consumer that did not handle it; needed when there are several
    #[arg(long)]
    consumer: Option<String>,
}

/// Runs one of them.
pub(crate) fn run(options: Options) -> Result<()> {
    super::block_on(async {
        if let Command::Rebuild(again) = &options.command {
            return rebuild::run(again, options.manifest, options.data, options.json).await;
        }
        let link = EventsLink::from_environment(&Environment::of_process(), &options.data);
        let link = link.map_err(|mistake| Report(vec![mistake]))?;
        let log = Log::open(&link, &options.manifest, &options.data).await?;
        run_on(&log, options.command, options.json).await
    })
}

async fn run_on(log: &Log, command: Command, as_json: bool) -> Result<()> {
    match command {
        Command::List(list) if list.dead => {
            let (consumer, cursor) = (list.consumer.as_deref(), list.cursor.as_deref());
            print::dead_letters(&log.dead_letters(consumer, list.limit as usize, cursor).await?, as_json)
        }
        Command::List(list) => {
            let filter = EventFilter {
                kind: list.kind,
                aggregate_id: list.aggregate,
                since: list.since.map(SystemTime::from),
                ..EventFilter::default()
            };
            let page = log.events(&filter, list.limit as usize, list.cursor.as_deref()).await?;
            print::events(&page, as_json)
        }
        Command::Show { id } => match log.show(&id).await? {
            Some((record, letters)) => print::event(&record, &letters),
            None => bail!("there is no event {id}"),
        },
        Command::Replay(letter) => {
            let consumer = consumer(log, &letter).await?;
            log.replay(&consumer, &letter.id).await?;
            let text = format!("{} will be delivered to {consumer} again.", letter.id);
            print::done(text, &json!({"id": letter.id, "consumer": consumer, "replayed": true}), as_json)
        }
        Command::Drop(letter) => {
            let consumer = consumer(log, &letter).await?;
            log.drop_dead_letter(&consumer, &letter.id).await?;
            let text = format!("{} is no dead letter of {consumer} any more.", letter.id);
            print::done(text, &json!({"id": letter.id, "consumer": consumer, "dropped": true}), as_json)
        }
        // It needs the services' databases, too.
        Command::Rebuild(_) => Ok(()),
        Command::Rewind(Again { consumer, from }) => {
            let last = log.last_position().await?;
            if let Some(position) = from.position.filter(|position| *position > last) {
                bail!("the log has no position {position}: it ends at {last}");
            }
            let first = log.rewind(&consumer, from.rewind()).await?;
            let text = format!("Everything from position {first} on will be delivered to {consumer} again.");
            print::done(text, &json!({"consumer": consumer, "from_position": first}), as_json)
        }
    }
}

/// The consumer that was named, or the only one whose dead letter it is.
async fn consumer(log: &Log, letter: &Letter) -> Result<String> {
    if let Some(consumer) = &letter.consumer {
        return Ok(consumer.clone());
    }
    let Some((_, letters)) = log.show(&letter.id).await? else { bail!("there is no event {}", letter.id) };
    match &letters[..] {
        [] => bail!("the event {} is nobody's dead letter", letter.id),
        [only] => Ok(only.consumer.clone()),
        several => {
            let names: Vec<_> = several.iter().map(|letter| letter.consumer.as_str()).collect();
            bail!("it is a dead letter of {}: say --consumer", names.join(" and of "))
        }
    }
}
