//! The servers, and the streams on them.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Stream};
use async_nats::jetstream::{self, Context, ErrorCode};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::connection::Address;
use super::names::Names;
use crate::error::Error;

/// In which time JetStream recognises an event that is published again. Consumers recognise one by its id for
/// much longer.
const DUPLICATES: Duration = Duration::from_mins(5);
/// How much of the messages to live channels is kept.
const LIVE_BYTES: i64 = 64 << 20;
/// Between attempts to make the streams.
const RETRY: Duration = Duration::from_millis(250);

/// A connection to the servers of a bus.
pub(super) struct Server {
    pub(super) names: Names,
    pub(super) client: Client,
    pub(super) jetstream: Context,
    /// Connections made so far.
    pub(super) connections: watch::Sender<u64>,
    replicas: Option<usize>,
    /// Whether the streams are there.
    prepared: watch::Sender<bool>,
}

impl Server {
    pub(super) async fn connect(url: &str, application: &str) -> Result<Arc<Self>, Error> {
        let address = Address::parse(url)?;
        let connections = watch::Sender::new(0);
        let client = address.connect(connections.clone()).await?;
        Ok(Arc::new(Self {
            names: Names::new(application),
            jetstream: jetstream::new(client.clone()),
            client,
            connections,
            replicas: address.replicas,
            prepared: watch::Sender::new(false),
        }))
    }

    /// Makes the streams that are missing, and tries until they are there.
    pub(super) async fn prepare(self: Arc<Self>) {
        let mut told = String::new();
        while let Err(error) = self.make_streams().await {
            let error = error.to_string();
            if error != told {
                tracing::warn!(error, "the streams of the event bus can't be made yet");
            }
            told = error;
            sleep(RETRY).await;
        }
        self.prepared.send_replace(true);
    }

    /// Returns once the streams are there.
    pub(super) async fn prepared(&self) {
        // The sender lives as long as this value.
        drop(self.prepared.subscribe().wait_for(|prepared| *prepared).await);
    }

    pub(super) async fn ping(&self, patience: Duration) -> Result<(), Error> {
        let asked = timeout(patience, self.jetstream.query_account()).await;
        match asked {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Error::storage(&error)),
            Err(_) => Err(Error::Storage("the event server does not answer".into())),
        }
    }

    /// A stream, by its name. Asks nothing of the server.
    pub(super) async fn stream(&self, name: &str) -> Result<Stream<()>, Error> {
        self.jetstream.get_stream_no_info(name).await.map_err(|error| Error::storage(&error))
    }

    /// The names of those streams that are there.
    pub(super) async fn streams(&self) -> Result<Vec<&str>, Error> {
        let names = &self.names;
        let mut found = Vec::new();
        for name in [&names.events, &names.progress, &names.dead_letters] {
            match self.jetstream.get_stream(name).await {
                Ok(_) => found.push(name.as_str()),
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(Error::storage(&error)),
            }
        }
        Ok(found)
    }

    /// Makes the streams, the log beginning with this position.
    pub(super) async fn make_streams_from(&self, first: i64) -> Result<(), Error> {
        let config = Config {
            name: self.names.events.clone(),
            subjects: vec![self.names.all_events()],
            first_sequence: u64::try_from(first).ok().filter(|first| *first > 1),
            num_replicas: self.replicas.unwrap_or(1),
            ..Config::default()
        };
        self.jetstream.create_stream(config).await.map_err(|error| Error::storage(&error))?;
        self.make_streams().await
    }

    async fn make_streams(&self) -> Result<(), Error> {
        let names = &self.names;
        self.make(&names.progress, names.all_progress(), |config| {
            config.description = Some("How far each consumer of Lyceum's events is".into());
            config.max_messages_per_subject = 1;
            config.discard = DiscardPolicy::Old;
        })
        .await?;
        self.make(&names.dead_letters, names.all_dead_letters(), |config| {
            config.description =
                Some("Events that a consumer gave up; see `lyceum events list --dead`".into());
            config.max_messages_per_subject = 1;
            config.discard = DiscardPolicy::Old;
        })
        .await?;
        self.make(&names.live, names.live_message.clone(), |config| {
            config.description = Some("Messages to Lyceum's live channels".into());
            config.max_age = super::live::KEPT;
            config.max_bytes = LIVE_BYTES;
            config.duplicate_window = super::live::KEPT;
        })
        .await?;
        // The last one, so that where anything is published all of them are there.
        self.make(&names.events, names.all_events(), |config| {
            config.description = Some("Lyceum's events, kept for ever unless you set max_age".into());
            config.duplicate_window = DUPLICATES;
        })
        .await
    }

    /// Makes a stream, or brings what matters of it up to date. The rest is the operator's to set.
    async fn make(&self, name: &str, subjects: String, set: impl Fn(&mut Config)) -> Result<(), Error> {
        let mut config = match self.jetstream.get_stream(name).await {
            Ok(stream) => stream.cached_info().config.clone(),
            Err(error) if is_missing(&error) => Config { name: name.to_owned(), ..Config::default() },
            Err(error) => return Err(Error::storage(&error)),
        };
        let found = config.clone();
        config.subjects = vec![subjects];
        if let Some(replicas) = self.replicas {
            config.num_replicas = replicas;
        }
        set(&mut config);
        if config == found {
            return Ok(());
        }
        self.jetstream.create_or_update_stream(config).await.map_err(|error| Error::storage(&error))?;
        tracing::info!(stream = name, "the stream of the event bus was made or brought up to date");
        Ok(())
    }
}

fn is_missing(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}
