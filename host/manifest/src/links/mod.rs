//! What the environment says: which servers stand behind the capabilities, and the variables.
//!
//! | variable | takes | by default |
//! |---|---|---|
//! | `LYCEUM_SQL` | `sqlite:`, `sqlite:<file>`, `postgres://...` | `sqlite:` |
//! | `LYCEUM_SQL_<SERVICE>` | the same, for one service | `LYCEUM_SQL` |
//! | `LYCEUM_DOCUMENTS` | `sqlite:`, `sqlite:<file>`, `mongodb://...`, `mongodb+srv://...` | `sqlite:` |
//! | `LYCEUM_DOCUMENTS_<SERVICE>` | the same, for one service | `LYCEUM_DOCUMENTS` |
//! | `LYCEUM_KEYVALUE` | `memory:`, `redis://...`, `rediss://...` (TLS), `redis+cluster://<node>,<node>`, `rediss+cluster://...` | `memory:` |
//! | `LYCEUM_BLOBS` | `folder:`, `folder:<folder>`, `s3://<bucket>/<prefix>?endpoint=<url>&region=<region>` | `folder:` |
//! | `LYCEUM_EVENTS` | `embedded:`, `nats://...`, `tls://...` | `embedded:` |
//! | `LYCEUM_EVENTS_RETENTION` | how long the embedded log keeps events that everybody has handled, such as `90d` | for ever |
//! | `LYCEUM_MAIL` | `file:`, `file:<folder>`, `smtps://...` (TLS), `smtp://...?tls=required` (STARTTLS), `smtp://...` | `file:` |
//! | `LYCEUM_MAIL_FROM` | whom mail is from, such as `Lyceum <noreply@example.org>` | needed for a mail server |
//! | `LYCEUM_PUBLIC_URL` | where clients find Lyceum, such as `https://lms.example.org` | the host that a client asks for |
//! | `LYCEUM_OUTBOUND_PRIVATE` | addresses besides the public ones that components may reach: ranges, addresses and host names, with commas | none |
//! | `LYCEUM_OUTBOUND_ROOTS` | a file with certificates of authorities that are trusted besides the system's | none |
//! | `LYCEUM_OUTBOUND_TRACE` | whether hosts outside are told the trace context: `true`, `false` | `false` |
//! | `LYCEUM_VARIABLE_<NAME>` | the value of an application variable | as in the manifest |
//!
//! `{service}` in a value of the first four stands for the component's id; in the name of a PostgreSQL database it also
//! means that Lyceum makes the database.

mod blobs;
mod documents;
mod environment;
mod outbound;
mod per_service;
mod public_url;
mod server_url;
mod sql;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

pub use blobs::{BlobsLink, S3Bucket};
pub use documents::DocumentsLink;
pub use environment::Environment;
pub use outbound::OutboundLink;
pub use public_url::PublicUrl;
pub use server_url::ServerUrl;
pub use sql::SqlLink;
pub use variables::Variables;

use crate::mistake::{Mistake, Place};
use crate::model::Manifest;

/// Events that are gone can't be delivered again, nor counted among those that were published before.
const SHORTEST_RETENTION: Duration = Duration::from_hours(1);
/// From which all keys are derived.
const ROOT_SECRET: &str = "LYCEUM_ROOT_SECRET";

/// What stands behind each capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The database of each component that has one, by the component's id.
    pub sql: BTreeMap<String, SqlLink>,
    /// Where the documents of each component that has some are, by the component's id.
    pub documents: BTreeMap<String, DocumentsLink>,
    /// Behind all buckets.
    pub keyvalue: KeyvalueLink,
    /// Behind all containers.
    pub blobs: BlobsLink,
    /// The bus.
    pub events: EventsLink,
    /// Where mail goes.
    pub mail: MailLink,
    /// Where clients find Lyceum, if the operator says so.
    pub public_url: Option<PublicUrl>,
    /// What requests to the outside may reach.
    pub outbound: OutboundLink,
}

/// What stands behind the buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyvalueLink {
    /// This process's memory.
    Memory,
    /// A Redis server or cluster.
    Redis(ServerUrl),
}

/// What carries the events.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventsLink {
    /// The durable bus in this process.
    Embedded {
        /// Its file.
        file: PathBuf,
        /// How long events are kept that every consumer has finished; for ever without it.
        retention: Option<Duration>,
    },
    /// NATS JetStream, which hosts share.
    JetStream(ServerUrl),
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MailLink {
    /// Files in this folder.
    Folder(PathBuf),
    /// A mail server.
    Smtp {
        /// Its address.
        server: ServerUrl,
        /// Whom mail is from.
        from: String,
    },
}

impl Links {
    /// What the environment says, with files in `data` where it says nothing: `sql/<service>.db`,
    /// `documents/<service>.db`, `blobs/`, `events.db` and `mail/`.
    ///
    /// # Errors
    /// Every variable that Lyceum can't follow.
    pub fn from_environment(
        manifest: &Manifest,
        environment: &Environment,
        data: &Path,
    ) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let sql = sql::SQL.read(manifest, environment, data, &mut mistakes);
        let documents = documents::DOCUMENTS.read(manifest, environment, data, &mut mistakes);
        let keyvalue = keyvalue(environment).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            KeyvalueLink::Memory
        });
        let events = EventsLink::from_environment(environment, data).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            EventsLink::Embedded { file: data.join("events.db"), retention: None }
        });
        let blobs = blobs::read(environment, data).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            BlobsLink::Folder(data.join("blobs"))
        });
        let mail = mail(environment, data).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            MailLink::Folder(data.join("mail"))
        });
        let public_url = public_url(environment).unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            None
        });
        let outbound = outbound::read(environment, &mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Self { sql, documents, keyvalue, blobs, events, mail, public_url, outbound })
    }

    /// Refuses links that only one host may use beside a database that several may share, unless the
    /// operator says that there is a single host: two hosts would each see half of the events and half
    /// of the values, and neither would know what the other signed.
    ///
    /// # Errors
    /// One mistake for each link that can't be shared, and one if the hosts would have different secrets.
    pub fn check(&self, environment: &Environment, single_host: bool) -> Result<(), Vec<Mistake>> {
        let shared = [
            ("SQL", self.sql.values().any(SqlLink::is_shared)),
            ("MongoDB", self.documents.values().any(DocumentsLink::is_shared)),
        ];
        let Some((server, _)) = shared.into_iter().find(|(_, shared)| *shared && !single_host) else {
            return Ok(());
        };
        let mut mistakes = Vec::new();
        let mut alone = Vec::new();
        if matches!(self.events, EventsLink::Embedded { .. }) {
            alone.push(("LYCEUM_EVENTS", "the event bus is"));
        }
        if self.keyvalue == KeyvalueLink::Memory {
            alone.push(("LYCEUM_KEYVALUE", "the key-value store is"));
        }
        if matches!(self.blobs, BlobsLink::Folder(_)) {
            alone.push(("LYCEUM_BLOBS", "the blob store is"));
        }
        let mistake = |(name, what): (&str, &str)| Mistake {
            place: Place::Environment(name.to_owned()),
            message: format!(
                "{what} this host's own, but the {server} server could be shared by several hosts"
            ),
            hint: Some("say --single-host if this is the only host".to_owned()),
        };
        mistakes.extend(alone.into_iter().map(mistake));
        if environment.get(ROOT_SECRET).is_none() {
            mistakes.push(Mistake {
                place: Place::Environment(ROOT_SECRET.to_owned()),
                message: format!(
                    "is not set, but the {server} server could be shared by several hosts, which must have the same"
                ),
                hint: Some(
                    "set it to what the file `secret` in the data folder holds, or to 32 random bytes as base64url \
                     without padding; or say --single-host if this is the only host"
                        .to_owned(),
                ),
            });
        }
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }
}

impl EventsLink {
    /// What the environment says of the bus alone, with `events.db` in `data` where it says nothing.
    ///
    /// # Errors
    /// If it says something else.
    pub fn from_environment(environment: &Environment, data: &Path) -> Result<Self, Mistake> {
        const NAME: &str = "LYCEUM_EVENTS";
        let value = environment.get(NAME).unwrap_or("embedded:");
        let server = value.strip_prefix("nats://").or_else(|| value.strip_prefix("tls://"));
        match server {
            Some(server) if !server.is_empty() => Ok(EventsLink::JetStream(ServerUrl::new(value.to_owned()))),
            None if value == "embedded:" => {
                Ok(EventsLink::Embedded { file: data.join("events.db"), retention: retention(environment)? })
            }
            _ => Err(unsupported(NAME, value, "`embedded:`, `nats://<server>` or `tls://<server>`")),
        }
    }
}

fn retention(environment: &Environment) -> Result<Option<Duration>, Mistake> {
    const NAME: &str = "LYCEUM_EVENTS_RETENTION";
    let Some(value) = environment.get(NAME) else { return Ok(None) };
    let parsed = value.parse::<Span>().ok();
    let length = parsed.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    match length.and_then(|length| Duration::try_from(length).ok()) {
        Some(length) if length >= SHORTEST_RETENTION => Ok(Some(length)),
        _ => Err(Mistake {
            place: Place::Environment(NAME.to_owned()),
            message: format!("is \"{value}\", which is no length of time of an hour or more"),
            hint: Some("write it like \"90d\" or \"720h\"; without it events are kept for ever".to_owned()),
        }),
    }
}

fn keyvalue(environment: &Environment) -> Result<KeyvalueLink, Mistake> {
    const NAME: &str = "LYCEUM_KEYVALUE";
    let value = environment.get(NAME).unwrap_or("memory:");
    let (scheme, server) = value.split_once("://").unwrap_or((value, ""));
    match scheme {
        "memory:" => Ok(KeyvalueLink::Memory),
        "redis" | "rediss" | "redis+cluster" | "rediss+cluster" if !server.is_empty() => {
            Ok(KeyvalueLink::Redis(ServerUrl::new(value.to_owned())))
        }
        _ => {
            Err(unsupported(NAME, value, "`memory:`, `redis://<server>` or `redis+cluster://<node>,<node>`"))
        }
    }
}

fn mail(environment: &Environment, data: &Path) -> Result<MailLink, Mistake> {
    const NAME: &str = "LYCEUM_MAIL";
    let value = environment.get(NAME).unwrap_or("file:");
    if let Some(folder) = value.strip_prefix("file:") {
        return Ok(MailLink::Folder(if folder.is_empty() { data.join("mail") } else { folder.into() }));
    }
    if !["smtp://", "smtps://"]
        .iter()
        .any(|scheme| value.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
    {
        return Err(unsupported(
            NAME,
            value,
            "`file:`, `file:<folder>`, `smtps://<server>` or `smtp://<server>`",
        ));
    }
    let from = environment.get("LYCEUM_MAIL_FROM").ok_or_else(|| Mistake {
        place: Place::Environment("LYCEUM_MAIL_FROM".to_owned()),
        message: "is needed for a mail server".to_owned(),
        hint: Some("say whom mail is from, such as `Lyceum <noreply@example.org>`".to_owned()),
    })?;
    Ok(MailLink::Smtp { server: ServerUrl::new(value.to_owned()), from: from.to_owned() })
}

fn public_url(environment: &Environment) -> Result<Option<PublicUrl>, Mistake> {
    const NAME: &str = "LYCEUM_PUBLIC_URL";
    let parsed = environment.get(NAME).map(str::parse).transpose();
    parsed.map_err(|wrong: &str| Mistake {
        place: Place::Environment(NAME.to_owned()),
        message: wrong.to_owned(),
        hint: Some("it is like `https://lms.example.org`".to_owned()),
    })
}

/// A value's scheme only, since the rest may hold a password.
fn scheme(value: &str) -> &str {
    value.split_once(':').map_or("a value without a scheme", |(scheme, _)| scheme)
}

fn unsupported(name: &str, value: &str, supported: &str) -> Mistake {
    Mistake {
        place: Place::Environment(name.to_owned()),
        message: format!("names a link of a kind that this host does not serve: {}", scheme(value)),
        hint: Some(format!("it can be {supported}")),
    }
}
