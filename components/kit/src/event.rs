//! Events: what a service publishes, and what it receives as CloudEvents 1.0.

use std::sync::OnceLock;

use http::StatusCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    clock::Timestamp,
    context::{Context, Origin},
    json,
    once::{Cause, Memory, OnceKey, Silent, Step, Token, WithoutOnce, Writing},
    problem::Problem,
    sql::{SqlError, Transaction, TransactionError},
    subscription::Mode,
};

/// How long an event's id is remembered by its consumer: 30 days, which is
/// longer than any delivery is repeated.
const KEEP_SECONDS: u64 = 30 * 24 * 60 * 60;

/// Something that happened, as a service publishes it. Its JSON is the event's data.
pub trait Event: Serialize {
    /// The CloudEvents `type`, such as `lyceum.books.BookChanged.v1`.
    const KIND: &'static str;
    /// What it is about, such as `book`.
    const AGGREGATE_TYPE: &'static str;
    /// The CloudEvents `subject`. Events of one aggregate are delivered in order.
    fn aggregate_id(&self) -> String;
}

/// An event that was delivered to this service.
#[derive(Debug, Deserialize)]
pub struct Received {
    /// Unique for ever; the same in every delivery.
    pub id: String,
    /// The CloudEvents `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which service it comes from, such as `/services/auth`.
    pub source: String,
    /// The aggregate's id.
    #[serde(default)]
    pub subject: Option<String>,
    /// When it happened.
    #[serde(default)]
    pub time: Option<Timestamp>,
    /// What it is about, such as `user`.
    #[serde(default, rename = "aggregatetype")]
    pub aggregate_type: Option<String>,
    /// Counts the aggregate's events; a gap shows one that was dead-lettered.
    #[serde(default)]
    pub sequence: Option<u64>,
    /// Shared by everything that one outside request led to.
    #[serde(default, rename = "correlationid")]
    pub correlation_id: Option<String>,
    /// The event that caused this one.
    #[serde(default, rename = "causationid")]
    pub causation_id: Option<String>,
    /// W3C Trace Context.
    #[serde(default)]
    pub traceparent: Option<String>,
    /// The user on whose behalf it happened.
    #[serde(default)]
    pub actor: Option<String>,
    /// As whom the service gets it: its name and the subscription's mode, such
    /// as `users/reaction`. Absent from events that were published before hosts
    /// told it.
    #[serde(default)]
    consumer: Option<String>,
    #[serde(default)]
    data: Option<Box<RawValue>>,
    #[serde(skip)]
    service: &'static str,
    #[serde(skip)]
    context: OnceLock<Context>,
}

/// Why an event wasn't handled, which decides what becomes of it. The first
/// word of the text is what tells the host; any other text is a failure.
///
/// | | what becomes of the event |
/// |---|---|
/// | [`Unavailable`](Self::Unavailable) | waits as long as that lasts; costs no attempt |
/// | [`NotYet`](Self::NotYet) | waits for minutes, by default ten; costs no attempt; then a dead letter |
/// | [`Refused`](Self::Refused) | is handled: that is the answer |
/// | [`NotAnEvent`](Self::NotAnEvent), [`Unknown`](Self::Unknown), [`Malformed`](Self::Malformed), [`Broken`](Self::Broken) | a dead letter at once |
/// | [`Failed`](Self::Failed) | is tried ten times within a minute; then a dead letter |
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The message is no CloudEvent.
    #[error("broken: not a structured CloudEvent: {0}")]
    NotAnEvent(String),
    /// The service doesn't know this type.
    #[error("broken: {service} does not know events of type {kind}")]
    Unknown {
        /// The service.
        service: &'static str,
        /// The event's type.
        kind: String,
    },
    /// The data are not what the type promises.
    #[error("broken: the data of {kind} can't be read: {reason}")]
    Malformed {
        /// The event's type.
        kind: String,
        /// What is wrong.
        reason: String,
    },
    /// It can never be handled, for another reason.
    #[error("broken: {0}")]
    Broken(String),
    /// Handling it failed, and nobody foresaw why.
    #[error("{0}")]
    Failed(String),
    /// Something that is needed to handle it is down or slow.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// What the event of another aggregate brings has not come yet: events are
    /// in order for each aggregate only.
    #[error("not-yet: {0}")]
    NotYet(String),
    /// The rules forbid what it asks for.
    #[error("refused: {0}")]
    Refused(String),
}

impl EventError {
    /// Handling failed for this reason.
    pub fn failed(reason: impl std::fmt::Display) -> Self {
        Self::Failed(format!("{reason}"))
    }

    /// Something that is needed is down or slow, for this reason.
    pub fn unavailable(reason: impl std::fmt::Display) -> Self {
        Self::Unavailable(format!("{reason}"))
    }

    /// This has not come yet, such as `the book b1`.
    pub fn not_yet(what: impl std::fmt::Display) -> Self {
        Self::NotYet(format!("{what}"))
    }

    /// It can never be handled, for this reason.
    pub fn broken(reason: impl std::fmt::Display) -> Self {
        Self::Broken(format!("{reason}"))
    }

    /// The rules forbid it, as this problem says.
    pub fn refused(problem: &Problem) -> Self {
        Self::Refused(text(problem))
    }

    /// The rules forbid it, and whoever asked for it must hear so: commits what
    /// makes it good, such as an event that a seat is free again. The event is
    /// refused only if that commits.
    pub fn refused_with(problem: &Problem, compensation: Transaction<Silent>) -> Self {
        match compensation.commit() {
            Ok(_) => Self::refused(problem),
            Err(error) => error.into(),
        }
    }
}

fn text(problem: &Problem) -> String {
    format!("{}: {}", problem.code(), problem.detail())
}

impl From<SqlError> for EventError {
    fn from(error: SqlError) -> Self {
        if error.may_pass() { Self::unavailable(error) } else { Self::failed(error) }
    }
}

impl From<TransactionError> for EventError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Sql(error) => error.into(),
            TransactionError::NumberTaken => Self::unavailable(error),
            TransactionError::Mapped(problem) => problem.into(),
            error => Self::failed(error),
        }
    }
}

impl From<Problem> for EventError {
    /// What is down or slow at present, or asks for patience, is unavailable; any
    /// other problem is a failure. That the rules forbid something must be said:
    /// see [`EventError::refused`].
    fn from(problem: Problem) -> Self {
        match problem.status() {
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Self::Unavailable(text(&problem)),
            _ => Self::Failed(text(&problem)),
        }
    }
}

impl Received {
    /// Reads a message body for the service of that name.
    pub fn parse(service: &'static str, body: &[u8]) -> Result<Self, EventError> {
        let mut received: Self =
            json::from_slice(body).map_err(|error| EventError::NotAnEvent(error.to_string()))?;
        received.service = service;
        Ok(received)
    }

    /// The event's data. Members that `T` doesn't know are ignored, since later
    /// publishers may add some.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        let data = self.data.as_deref().map_or("null", RawValue::get);
        json::from_slice(data.as_bytes())
            .map_err(|error| EventError::Malformed { kind: self.kind.clone(), reason: error.to_string() })
    }

    /// The context for what this event causes, always with the same key.
    pub(crate) fn context(&self) -> &Context {
        self.context.get_or_init(|| {
            let context = Context::new(Origin {
                service: self.service,
                path: format!("/events/{}", self.kind),
                correlation_id: self.correlation_id.clone().unwrap_or_else(|| self.id.clone()),
                causation_id: Some(self.id.clone()),
                traceparent: self.traceparent.clone(),
                actor: self.actor.clone(),
                identity: None,
                outside: None,
                conditions: None,
            });
            // A service may get one event as a projection and as a reaction, and both have an effect.
            let consumer = self.consumer.as_deref().unwrap_or(self.service);
            let key = OnceKey {
                scope: format!("event {consumer}"),
                key: self.id.clone(),
                fingerprint: self.kind.clone(),
                keep_seconds: KEEP_SECONDS,
            };
            context.with_token(Token::new(Some(key), Memory::default()))
        })
    }

    /// The service that was given it.
    pub(crate) fn service(&self) -> &'static str {
        self.service
    }

    /// As which of its consumers the service was given it, if the host says so.
    pub(crate) fn mode(&self) -> Option<Mode> {
        let (_, mode) = self.consumer.as_deref()?.rsplit_once('/')?;
        [Mode::Projection, Mode::Reaction].into_iter().find(|known| known.name() == mode)
    }

    /// For a write besides this event's transaction, under a key of its own: it happens once, too, however often
    /// the event is delivered.
    #[must_use]
    pub fn step(&self, name: &str) -> Step {
        Step::new(self.context(), name)
    }

    /// For a write that happens with each delivery, such as noting that an attempt failed.
    #[must_use]
    pub fn without_once(&self) -> WithoutOnce {
        WithoutOnce::new(self.context())
    }

    /// The error for a type that the service doesn't know.
    pub fn unknown(&self) -> EventError {
        EventError::Unknown { service: self.service, kind: self.kind.clone() }
    }
}

/// A transaction for an event happens once, however often the event is delivered.
impl Cause for Received {
    type Ending = Silent;

    fn writing(&self) -> Writing {
        Writing::once(self.context(), None)
    }

    fn peek(&self) -> Option<OnceKey> {
        self.context().peek()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const EVENT: &[u8] = br#"{"specversion":"1.0","id":"e1","type":"lyceum.auth.UserCreated.v1",
        "source":"/services/auth","subject":"u1","time":"2026-01-01T00:00:00Z",
        "datacontenttype":"application/json","aggregatetype":"user","sequence":3,
        "correlationid":"c1","actor":"u1","data":{"user_id":"u1","later":true}}"#;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Data {
        user_id: String,
    }

    #[test]
    fn a_structured_cloud_event_is_read() {
        let received = Received::parse("users", EVENT).unwrap();
        assert_eq!(received.kind, "lyceum.auth.UserCreated.v1");
        assert_eq!(received.sequence, Some(3));
        assert_eq!(received.decode::<Data>(), Ok(Data { user_id: "u1".into() }));
    }

    #[test]
    fn a_transaction_for_an_event_has_its_id_as_key_and_cause() {
        let received = Received::parse("users", EVENT).unwrap();
        let context = received.context();
        assert_eq!(context.correlation_id(), "c1");
        assert_eq!(context.causation_id(), Some("e1"));
        let once = received.peek().unwrap();
        assert_eq!((once.scope.as_str(), once.key.as_str()), ("event users", "e1"));
        let mut first = received.writing();
        assert_eq!(first.key(), Ok(Some(once)));
        first.spend();
        assert!(received.writing().key().is_err(), "a second transaction would be dropped");
        assert!(received.step("another").writing().key().is_ok());
    }

    #[test]
    fn each_consumer_of_a_service_has_keys_of_its_own() {
        let scope = |consumer: &str| {
            let body = format!(r#"{{"consumer":"{consumer}",{}"#, &String::from_utf8_lossy(EVENT)[1..]);
            Received::parse("users", body.as_bytes()).unwrap().peek().unwrap().scope
        };
        assert_eq!(scope("users/projection"), "event users/projection");
        assert_eq!(scope("users/reaction"), "event users/reaction");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let received = Received::parse("users", EVENT).unwrap();
        assert!(received.decode::<Vec<u8>>().unwrap_err().to_string().contains("UserCreated"));
        assert_eq!(
            received.unknown().to_string(),
            "broken: users does not know events of type lyceum.auth.UserCreated.v1"
        );
        assert!(matches!(Received::parse("users", b"{}"), Err(EventError::NotAnEvent(_))));
        let array = br#"["e1","t","/services/auth"]"#;
        assert!(matches!(Received::parse("users", array), Err(EventError::NotAnEvent(_))));
        let array =
            Received::parse("users", br#"{"id":"e1","type":"t","source":"/s","data":["u1"]}"#).unwrap();
        assert!(array.decode::<Data>().unwrap_err().to_string().contains("invalid type: sequence"));
    }

    #[test]
    fn the_first_word_tells_what_becomes_of_the_event() {
        let word = |error: EventError| {
            let text = error.to_string();
            let words = ["unavailable: ", "not-yet: ", "refused: ", "broken: "];
            words.into_iter().find(|word| text.starts_with(word)).unwrap_or_default()
        };
        assert_eq!(word(SqlError::Unavailable("refused".into()).into()), "unavailable: ");
        assert_eq!(word(TransactionError::from(SqlError::Conflict).into()), "unavailable: ");
        assert_eq!(word(Problem::unavailable(Duration::from_secs(1)).into()), "unavailable: ");
        for status in [502, 503, 504] {
            let slow = Problem::new(StatusCode::from_u16(status).unwrap(), "SLOW", "It took too long.");
            assert_eq!(word(slow.into()), "unavailable: ", "{status}");
        }
        assert_eq!(word(SqlError::Unique("a.b".into()).into()), "");
        assert_eq!(word(Problem::internal().into()), "");
        assert_eq!(word(EventError::failed("no such row")), "");
        assert_eq!(word(EventError::not_yet("the book b1")), "not-yet: ");
        assert_eq!(word(EventError::refused(&Problem::conflict("FULL", "No seats left."))), "refused: ");
        assert_eq!(word(EventError::broken("a negative number")), "broken: ");
        let received = Received::parse("users", EVENT).unwrap();
        assert_eq!(word(received.unknown()), "broken: ");
        assert_eq!(word(received.decode::<Vec<u8>>().unwrap_err()), "broken: ");
        assert_eq!(word(Received::parse("users", b"{}").unwrap_err()), "broken: ");
    }
}
