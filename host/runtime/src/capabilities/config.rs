//! `wasi:config/store`: the component's own configuration, fixed at start.

use crate::bindings::capabilities::wasi::config::store::{Error, Host};
use crate::guest::Guest;

impl Host for Guest {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        Ok(Ok(self.links.config.get(&key).cloned()))
    }

    async fn get_all(&mut self) -> wasmtime::Result<Result<Vec<(String, String)>, Error>> {
        Ok(Ok(self.links.config.iter().map(|(key, value)| (key.clone(), value.clone())).collect()))
    }
}
