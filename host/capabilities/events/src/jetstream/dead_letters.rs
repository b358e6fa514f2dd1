//! Dead letters: messages of a stream of their own, with the event in them.

use async_nats::HeaderMap;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;

use super::message::{self, get, put};
use super::names::place;
use super::server::Server;
use crate::delivery::Logged;
use crate::error::Error;

const CONSUMER: &str = "Lyceum-Consumer";
const POSITION: &str = "Lyceum-Position";
const PUBLISHED_AT: &str = "Lyceum-Published-At";
const DIED_AT: &str = "Lyceum-Died-At";
const ATTEMPTS: &str = "Lyceum-Attempts";
const ERROR: &str = "Lyceum-Error";
const REPLAY_AT: &str = "Lyceum-Replay-At";

/// Of an error's text so much fits well into a header.
const ERROR_CHARACTERS: usize = 2000;

/// An event that a consumer gave up.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) consumer: String,
    pub(super) logged: Logged,
    /// How often it failed, or failed since a replay was asked for.
    pub(super) attempts: u32,
    pub(super) error: String,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(super) died_at: i64,
    /// From when on it is to be delivered again, if at all.
    pub(super) replay_at: Option<i64>,
}

impl Letter {
    fn headers(&self) -> HeaderMap {
        let mut headers = message::headers(&self.logged.event);
        put(&mut headers, CONSUMER, &self.consumer);
        put(&mut headers, POSITION, &self.logged.position.to_string());
        put(&mut headers, PUBLISHED_AT, &self.logged.published_at.to_string());
        put(&mut headers, DIED_AT, &self.died_at.to_string());
        put(&mut headers, ATTEMPTS, &self.attempts.to_string());
        put(&mut headers, ERROR, &self.error.chars().take(ERROR_CHARACTERS).collect::<String>());
        if let Some(replay_at) = self.replay_at {
            put(&mut headers, REPLAY_AT, &replay_at.to_string());
        }
        headers
    }

    pub(super) fn read(
        headers: Option<&HeaderMap>,
        payload: bytes::Bytes,
        subject: &str,
    ) -> Result<Self, Error> {
        let foreign =
            || Error::Storage(format!("{subject} holds a message that is no dead letter of Lyceum's"));
        let event = message::event(headers, payload, subject)?;
        let headers = headers.ok_or_else(foreign)?;
        let number = |name| get(headers, name)?.parse::<i64>().ok();
        Ok(Self {
            consumer: get(headers, CONSUMER).ok_or_else(foreign)?,
            logged: Logged {
                position: number(POSITION).ok_or_else(foreign)?,
                published_at: number(PUBLISHED_AT).ok_or_else(foreign)?,
                event,
            },
            attempts: number(ATTEMPTS).and_then(|number| u32::try_from(number).ok()).ok_or_else(foreign)?,
            error: get(headers, ERROR).unwrap_or_default(),
            died_at: number(DIED_AT).ok_or_else(foreign)?,
            replay_at: number(REPLAY_AT),
        })
    }
}

impl Server {
    fn subject_of(&self, letter: &Letter) -> String {
        let (partition, _) = place(&letter.logged.event.aggregate_id);
        self.names.dead_letter(&letter.consumer, partition, letter.logged.position)
    }

    /// Writes a dead letter, over the one that is there.
    pub(super) async fn bury(&self, letter: &Letter) -> Result<(), Error> {
        let message =
            PublishMessage::build().headers(letter.headers()).payload(letter.logged.event.body.clone());
        let sent = self.jetstream.send_publish(self.subject_of(letter), message).await;
        sent.map_err(|error| Error::storage(&error))?.await.map_err(|error| Error::storage(&error))?;
        Ok(())
    }

    /// Removes a dead letter.
    pub(super) async fn unbury(&self, letter: &Letter) -> Result<(), Error> {
        let stream = self.stream(&self.names.dead_letters).await?;
        let purge = stream.purge().filter(self.subject_of(letter));
        purge.await.map_err(|error| Error::storage(&error))?;
        Ok(())
    }

    /// The dead letter of an event.
    pub(super) async fn dead_letter(&self, subject: &str) -> Result<Option<Letter>, Error> {
        let stream = self.stream(&self.names.dead_letters).await?;
        match stream.get_last_raw_message_by_subject(subject).await {
            Ok(found) => Letter::read(Some(&found.headers), found.payload, subject).map(Some),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Error::storage(&error)),
        }
    }

    /// All dead letters of a consumer and a partition, or of all of them, by consumer and position.
    pub(super) async fn dead_letters(
        &self,
        consumer: Option<&str>,
        partition: Option<u8>,
    ) -> Result<Vec<Letter>, Error> {
        let filter = self.names.dead_letters_of(consumer, partition);
        let found = self.newest(&self.names.dead_letters, filter).await?.into_iter();
        let letters = found.map(|found| Letter::read(Some(&found.headers), found.payload, &found.subject));
        let mut letters = letters.collect::<Result<Vec<_>, _>>()?;
        letters.sort_by(|one, other| {
            (&one.consumer, one.logged.position).cmp(&(&other.consumer, other.logged.position))
        });
        Ok(letters)
    }
}
