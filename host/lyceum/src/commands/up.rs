//! `lyceum up`: the whole application in one process.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use lyceum_clock::WallClock;
use lyceum_console::{NotShown, show};
use lyceum_front::{self as front, FrontOptions};
use lyceum_runtime::Public;
use lyceum_sql::Servers;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::application::{Application, Choices};
use crate::backup::unfinished;
use crate::memory::GivingBack;
use crate::settings::Where;
use crate::{addresses, admin, logs, streams};

/// What is said when a start is given up.
const NOT_STARTED: &str = "Stopped before it was started.";

/// How to start.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Where,
    /// The public address; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", env = "LYCEUM_LISTEN")]
    listen: SocketAddr,
    /// The address for operators: health, readiness, metrics. Keep it off public networks
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081", env = "LYCEUM_ADMIN")]
    admin: SocketAddr,
    /// Refuse to start when migrations are missing, instead of applying them
    #[arg(long)]
    no_migrate: bool,
    /// How long requests in progress may take to finish on a stop, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    drain: u64,
    /// How long an instance of a component waits for its next call before it gives its memory back, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, env = "LYCEUM_IDLE_INSTANCES",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_instances: u64,
    /// The connections that this host opens to a PostgreSQL server at most, for all services together
    #[arg(long, value_name = "NUMBER", default_value_t = 16, env = "LYCEUM_SQL_CONNECTIONS",
        value_parser = clap::value_parser!(u16).range(2..=1_000))]
    sql_connections: u16,
    /// What time it is for the components when they start, such as 2026-01-31T08:00:00Z; it runs on from there. For
    /// demonstrations and tests: events, rows and tokens of such a run carry its time, and a folder that knew a later time
    /// has tokens and appointments that lie ahead
    #[arg(long, value_name = "TIME", env = "LYCEUM_CLOCK")]
    clock: Option<jiff::Timestamp>,
    #[command(flatten)]
    live: streams::Options,
    #[command(flatten)]
    logs: logs::Options,
}

/// Serves until Ctrl-C or SIGTERM, then finishes what is in progress.
pub(crate) fn run(options: Options) -> Result<()> {
    let started = Instant::now();
    logs::start(&options.logs)?;
    #[cfg(feature = "failpoints")]
    crate::failpoints::arm()?;
    super::block_on(serve(options, started))
}

async fn serve(options: Options, started: Instant) -> Result<()> {
    let data = &options.place.data;
    std::fs::create_dir_all(data).with_context(|| format!("make the data folder {}", data.display()))?;
    unfinished::refuse(data)?;
    addresses::forget(data);
    let settings = options.place.settings()?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;

    let _giving_back = GivingBack::start();
    // The addresses are taken first: nothing else is worth doing when one is in use.
    let public = bind(options.listen).await?;
    let operators = bind(options.admin).await?;
    let (listen, admin_address) = (public.local_addr()?, operators.local_addr()?);
    let idle = Duration::from_secs(options.idle_instances);
    let clock = options.clock.map_or_else(WallClock::of_the_machine, |time| WallClock::set_to(time.into()));
    let choices = Choices {
        migrate: !options.no_migrate,
        idle,
        live: options.live.chosen(),
        servers: Servers::new(options.sql_connections.into()),
        clock,
    };
    if let Some(time) = options.clock {
        warn!(%time, "the components see another time than the machine's");
    }
    let starting = Application::start(&settings, &options.place, choices);
    // A migration that is cut off was one transaction; nothing else is begun yet that would have to be finished.
    let application = tokio::select! {
        application = starting => application?,
        _ = interrupt.recv() => return Ok(show(NOT_STARTED)?),
        _ = terminate.recv() => return Ok(show(NOT_STARTED)?),
    };

    let stop = CancellationToken::new();
    let admin = tokio::spawn(admin::serve(operators, application.overview(), stop.clone()));
    // Who connects meanwhile waits: a session that has ended must not pass because the gateway doesn't know yet.
    let overview = application.overview();
    tokio::select! {
        () = overview.caught_up() => {}
        _ = interrupt.recv() => return stopped(application, admin, &stop).await,
        _ = terminate.recv() => return stopped(application, admin, &stop).await,
    }
    let front = FrontOptions {
        connections: options.live.connections(),
        drain: Duration::from_secs(options.drain),
        live: Some(application.live()),
        ..FrontOptions::default()
    };
    let front = tokio::spawn(front::serve(public, Public(application.public()?), front, stop.clone()));
    let announced = addresses::announce(data, listen, admin_address)?;
    if let Err(error) = greet(&settings, listen, admin_address, started.elapsed()) {
        warn!(%error, "it can't be said where this is served");
    }

    let signal = tokio::select! {
        _ = interrupt.recv() => "Ctrl-C",
        _ = terminate.recv() => "SIGTERM",
    };
    info!(signal, "stopping: requests in progress are finished");
    drop(announced);
    stop.cancel();
    // A second signal ends it at once.
    tokio::select! {
        finished = async { front.await?; application.stop().await; admin.await? } => finished?,
        _ = interrupt.recv() => anyhow::bail!("stopped before everything was finished"),
        _ = terminate.recv() => anyhow::bail!("stopped before everything was finished"),
    }
    show("Stopped.")?;
    Ok(())
}

/// Ends what has not served anybody yet.
async fn stopped(
    application: Application,
    admin: JoinHandle<Result<()>>,
    stop: &CancellationToken,
) -> Result<()> {
    stop.cancel();
    application.stop().await;
    admin.await?
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("listen on {address}"))
}

fn greet(
    settings: &crate::settings::Settings,
    listen: SocketAddr,
    admin: SocketAddr,
    took: Duration,
) -> Result<(), NotShown> {
    show(format!("{} is ready after {:.1} s.", settings.manifest.name, took.as_secs_f64()))?;
    show(format!("  Public:    http://{listen}  (API description: http://{listen}/openapi.json)"))?;
    show(format!("  Operators: http://{admin}/readyz, /healthz, /metrics, /ops/mesh"))?;
    show(format!(
        "  Register:  curl http://{listen}/api/v1/auth/register -H 'Content-Type: application/json' \\"
    ))?;
    show(
        "               -d '{\"email\": \"ada@example.org\", \"password\": \"a long enough phrase\", \
         \"display_name\": \"Ada\"}'",
    )?;
    show("  Sign in:   the same with /api/v1/auth/login and only email and password; see README.md")?;
    show("  Ctrl-C stops it.")
}
