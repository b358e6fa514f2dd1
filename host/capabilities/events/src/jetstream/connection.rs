//! The connection to the servers.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;

use crate::error::Error;

/// A server that says nothing for twice this long counts as gone.
const PING: Duration = Duration::from_secs(5);
/// The longest wait between attempts to connect.
const RECONNECT: Duration = Duration::from_millis(250);
/// How long a request may take.
const REQUEST: Duration = Duration::from_secs(5);

/// What an address says.
pub(super) struct Address {
    servers: Vec<ServerAddr>,
    /// Name and password, if there are any.
    user: Option<(String, String)>,
    /// On how many servers each stream is kept.
    pub(super) replicas: Option<usize>,
}

impl Address {
    /// `nats://user:password@one:4222,two:4222?replicas=3`; `tls://` for TLS.
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let wrong = |what: String| Error::Address(what);
        let (servers, query) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, servers) = servers
            .split_once("://")
            .ok_or_else(|| wrong("it does not begin with nats:// or tls://".into()))?;
        if !["nats", "tls"].contains(&scheme) {
            return Err(wrong(format!("{scheme}:// is neither nats:// nor tls://")));
        }
        // What a list of servers says of the user counts for each of them. The client itself takes no notice of it.
        let (user, servers) =
            servers.rsplit_once('@').map_or((None, servers), |(user, rest)| (Some(user), rest));
        let user = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
            (decoded(name), decoded(password))
        });
        let servers = servers
            .split(',')
            .map(|server| format!("{scheme}://{server}").parse())
            .collect::<Result<Vec<ServerAddr>, _>>()
            .map_err(|error| wrong(error.to_string()))?;
        let mut replicas = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("replicas", value)) => {
                    let number = value.parse().ok().filter(|number| [1, 3, 5].contains(number));
                    replicas = Some(number.ok_or_else(|| wrong("replicas must be 1, 3 or 5".into()))?);
                }
                _ => return Err(wrong("its query may only say replicas=1, 3 or 5".into())),
            }
        }
        Ok(Self { servers, user, replicas })
    }

    /// Connects, in the background if no server answers yet. `connections` counts the connections made.
    pub(super) async fn connect(&self, connections: watch::Sender<u64>) -> Result<Client, Error> {
        let options = match self.user.clone() {
            Some((name, password)) => ConnectOptions::with_user_and_password(name, password),
            None => ConnectOptions::new(),
        };
        options
            .name("lyceum")
            .retry_on_initial_connect()
            .ping_interval(PING)
            .connection_timeout(Duration::from_secs(2))
            .request_timeout(Some(REQUEST))
            .reconnect_delay_callback(|attempts| {
                let wait =
                    Duration::from_millis(25).saturating_mul(u32::try_from(attempts).unwrap_or(u32::MAX));
                wait.min(RECONNECT)
            })
            .event_callback(move |event| {
                match &event {
                    Event::Connected => {
                        connections.send_modify(|count| *count += 1);
                        tracing::info!("connected to the event server");
                    }
                    Event::Disconnected => {
                        tracing::warn!("the event server is gone; events wait until it is back");
                    }
                    other => tracing::debug!(event = %other, "the event server"),
                }
                async {}
            })
            .connect(self.servers.clone())
            .await
            .map_err(|error| Error::Address(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_servers_a_user_and_replicas() {
        let address = Address::parse("nats://me:sec%40ret@one:4222,two:4223?replicas=3").expect("parsed");
        assert_eq!(address.servers.len(), 2);
        assert_eq!(address.user, Some(("me".to_owned(), "sec@ret".to_owned())));
        assert_eq!(address.replicas, Some(3));
        assert!(Address::parse("nats://one").expect("parsed").replicas.is_none());
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        for url in
            ["one:4222", "http://me:secret@one", "nats://me:secret@one?replicas=2", "nats://one?x=secret"]
        {
            let error = Address::parse(url).err().expect("refused").to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
