//! One connection that all calls share: their commands go out one behind the other without waiting, and it is made
//! anew when it breaks.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{Client, Cmd, Pipeline, RedisError, RedisFuture, Value, cmd};
use tokio::sync::OnceCell;

use super::address::Address;
use crate::Error;

/// How long the server may take to accept a connection, and to answer a command.
const RESPONSE: Duration = Duration::from_secs(1);
/// The longest pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(500);

/// Connects when it is first needed.
#[derive(Clone)]
pub(super) enum Connection {
    Server(Arc<Server>),
    Cluster(Arc<Cluster>),
}

/// A server and the connection to it.
pub(super) struct Server {
    client: Client,
    manager: ConnectionManager,
}

/// A cluster and the connection to it, once there is one.
pub(super) struct Cluster {
    client: ClusterClient,
    connected: OnceCell<ClusterConnection>,
}

/// A connection that commands can be sent on.
pub(super) enum Ready {
    Server(ConnectionManager),
    Cluster(ClusterConnection),
}

impl Connection {
    pub(super) fn lazy(address: &Address) -> Result<Self, Error> {
        let unusable =
            |error: RedisError| Error::Other(format!("the address of Redis can't be used: {error}"));
        // Fails if it was done before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match address {
            Address::Server(url) => {
                let config = ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(RESPONSE))
                    .set_response_timeout(Some(RESPONSE))
                    .set_max_delay(PAUSE);
                let client = Client::open(url.as_str()).map_err(unusable)?;
                let manager =
                    ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(unusable)?;
                Ok(Self::Server(Arc::new(Server { client, manager })))
            }
            Address::Cluster(nodes) => {
                let client = ClusterClient::builder(nodes.iter().map(String::as_str))
                    .connection_timeout(RESPONSE)
                    .response_timeout(RESPONSE)
                    .build()
                    .map_err(unusable)?;
                Ok(Self::Cluster(Arc::new(Cluster { client, connected: OnceCell::new() })))
            }
        }
    }

    /// Connects once more, apart from the shared connection, whose attempts end without saying why.
    pub(super) async fn probe(&self) -> Result<(), RedisError> {
        match self {
            Self::Server(server) => {
                cmd("PING").query_async(&mut server.client.get_multiplexed_async_connection().await?).await
            }
            Self::Cluster(cluster) => {
                cmd("PING").query_async(&mut cluster.client.get_async_connection().await?).await
            }
        }
    }

    /// What the server says of its memory; in a cluster, what one node says.
    pub(super) async fn memory(&self) -> Result<String, RedisError> {
        let mut info = cmd("INFO");
        info.arg("memory");
        match self {
            Self::Server(server) => {
                info.query_async(&mut server.client.get_multiplexed_async_connection().await?).await
            }
            Self::Cluster(cluster) => {
                let route = RoutingInfo::SingleNode(SingleNodeRoutingInfo::Random);
                let mut connection = cluster.client.get_async_connection().await?;
                redis::from_redis_value(connection.route_command(info, route).await?).map_err(Into::into)
            }
        }
    }

    pub(super) async fn ready(&self) -> Result<Ready, RedisError> {
        match self {
            Self::Server(server) => Ok(Ready::Server(server.manager.clone())),
            Self::Cluster(cluster) => {
                let connect = || cluster.client.get_async_connection();
                Ok(Ready::Cluster(cluster.connected.get_or_try_init(connect).await?.clone()))
            }
        }
    }
}

impl ConnectionLike for Ready {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(connection) => connection.req_packed_commands(commands, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
