//! The backend on a Redis server or cluster, which several hosts share.
//!
//! A bucket's keys are `<application>:{<component>/<bucket>}:<key>`: the braces keep a bucket on one node of a
//! cluster, so that its keys can be read together. Values expire by Redis's own clock. A bucket has no bound of its
//! own here: memory is the server's to bound, by `maxmemory`. With the policy `noeviction` a full server refuses what is
//! new, as a bucket in memory with [`crate::WhenFull::Refuse`] does; with any other it forgets values that live.
//!
//! Counters go up to 2^63 - 1.

mod address;
mod connection;
mod scripts;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use redis::{FromRedisValue, RedisError, cmd, pipe};
use tokio::time::timeout;

use crate::limits::check;
use crate::{Bucket, BucketOptions, Error};
use address::Address;
use connection::Connection;
use scripts::Scripts;

/// How long one call may take, a new connection included.
const TIMEOUT: Duration = Duration::from_secs(2);

/// All buckets of an application on one server or cluster. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    application: Arc<str>,
    connection: Connection,
    scripts: Arc<Scripts>,
}

impl RedisStore {
    /// A store on `redis://`, `rediss://` (TLS), `redis+cluster://` or `rediss+cluster://`, where a cluster's address
    /// may name several nodes with commas between. It connects with the first call, and again whenever it has to.
    ///
    /// # Errors
    /// [`Error::Other`] if the address can't be understood.
    pub fn open(address: &str, application: &str) -> Result<Self, Error> {
        let connection = Connection::lazy(&Address::parse(address)?)?;
        Ok(Self { application: application.into(), connection, scripts: Arc::default() })
    }

    /// Whether the server answers; if not, why.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it doesn't.
    pub async fn ping(&self) -> Result<(), Error> {
        within(self.connection.probe()).await
    }

    /// The server's `maxmemory-policy` if by it live values make room for others; `None` if it forgets nothing, or if
    /// it doesn't say.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it doesn't answer.
    pub async fn eviction_policy(&self) -> Result<Option<String>, Error> {
        let said = within(self.connection.memory()).await?;
        let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let bounded = value("maxmemory").is_some_and(|bytes| bytes.trim() != "0");
        let policy = value("maxmemory_policy").map(str::trim).filter(|policy| *policy != "noeviction");
        Ok(policy.filter(|_| bounded).map(str::to_owned))
    }

    /// The bucket `name` of `component`. `entries` and `when_full` of its options are the server's to decide.
    pub fn bucket(&self, component: &str, name: &str, options: BucketOptions) -> Arc<RedisBucket> {
        let prefix = format!("{}:{{{component}/{name}}}:", self.application);
        Arc::new(RedisBucket { store: self.clone(), pattern: scripts::pattern(&prefix), prefix, options })
    }
}

/// One bucket on the server.
pub struct RedisBucket {
    store: RedisStore,
    prefix: String,
    /// Matches all of its keys.
    pattern: String,
    options: BucketOptions,
}

impl RedisBucket {
    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn keys(&self, keys: &[String]) -> Vec<String> {
        keys.iter().map(|key| self.key(key)).collect()
    }

    /// In milliseconds; 0 for ever.
    fn life(&self) -> u64 {
        let life = self.options.time_to_live.map_or(0, |life| life.as_millis().max(1));
        u64::try_from(life).unwrap_or(u64::MAX)
    }

    fn set_command(&self, key: &str, value: &[u8]) -> redis::Cmd {
        let mut set = cmd("SET");
        set.arg(self.key(key)).arg(value);
        if self.options.time_to_live.is_some() {
            set.arg("PX").arg(self.life());
        }
        set
    }

    async fn ask<T: FromRedisValue>(&self, command: redis::Cmd) -> Result<T, Error> {
        within(async { command.query_async(&mut self.store.connection.ready().await?).await }).await
    }
}

#[async_trait]
impl Bucket for RedisBucket {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, Error> {
        let mut get = cmd("GET");
        get.arg(self.key(key));
        Ok(self.ask::<Option<Vec<u8>>>(get).await?.map(Bytes::from))
    }

    async fn set(&self, key: &str, value: Bytes) -> Result<(), Error> {
        check(&self.options, key, &value)?;
        self.ask(self.set_command(key, &value)).await
    }

    async fn delete(&self, key: &str) -> Result<(), Error> {
        self.delete_many(&[key.to_owned()]).await
    }

    async fn exists(&self, key: &str) -> Result<bool, Error> {
        let mut exists = cmd("EXISTS");
        exists.arg(self.key(key));
        self.ask(exists).await
    }

    async fn list_keys(&self, cursor: Option<u64>) -> Result<(Vec<String>, Option<u64>), Error> {
        let mut list = self.store.scripts.list.prepare_invoke();
        list.key(&self.prefix).arg(cursor.unwrap_or_default()).arg(&self.pattern);
        let (next, keys): (u64, Vec<Vec<u8>>) =
            within(async { list.invoke_async(&mut self.store.connection.ready().await?).await }).await?;
        let own = |key: Vec<u8>| Some(String::from_utf8(key).ok()?.strip_prefix(&self.prefix)?.to_owned());
        Ok((keys.into_iter().filter_map(own).collect(), (next != 0).then_some(next)))
    }

    async fn increment(&self, key: &str, delta: u64) -> Result<u64, Error> {
        let delta = i64::try_from(delta).map_err(|_| Error::Other("the counter is full".to_owned()))?;
        check(&self.options, key, &Bytes::new())?;
        let mut increment = self.store.scripts.increment.prepare_invoke();
        increment.key(self.key(key)).arg(delta).arg(self.life());
        within(async { increment.invoke_async(&mut self.store.connection.ready().await?).await }).await
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut get = cmd("MGET");
        get.arg(self.keys(keys));
        let values: Vec<Option<Vec<u8>>> = self.ask(get).await?;
        Ok(values.into_iter().map(|value| value.map(Bytes::from)).collect())
    }

    async fn set_many(&self, values: Vec<(String, Bytes)>) -> Result<(), Error> {
        values.iter().try_for_each(|(key, value)| check(&self.options, key, value))?;
        if values.is_empty() {
            return Ok(());
        }
        let mut all = pipe();
        for (key, value) in &values {
            all.add_command(self.set_command(key, value)).ignore();
        }
        within(async { all.query_async::<()>(&mut self.store.connection.ready().await?).await }).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut delete = cmd("DEL");
        delete.arg(self.keys(keys));
        self.ask(delete).await
    }
}

async fn within<T>(call: impl Future<Output = Result<T, RedisError>>) -> Result<T, Error> {
    match timeout(TIMEOUT, call).await {
        Ok(result) => result.map_err(Error::from),
        Err(_) => Err(Error::Unavailable("Redis did not answer in time".to_owned())),
    }
}

impl From<RedisError> for Error {
    fn from(error: RedisError) -> Self {
        match error.code() {
            Some(scripts::NO_NUMBER) => Self::Other("the value is not a number".to_owned()),
            Some(scripts::FULL) => Self::Other("the counter is full".to_owned()),
            _ => Self::Unavailable(format!("Redis: {error}")),
        }
    }
}
