//! A database of its own on a server that all tests share.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use lyceum_documents::conformance::Subject;
use lyceum_documents::{Backend, MongodbDocuments, Options};
use lyceum_private_servers::MongodbServer;

pub(crate) struct OnMongodb {
    url: String,
    nested_arrays: bool,
}

impl OnMongodb {
    /// On the shared server.
    pub(crate) fn new() -> Self {
        static SERVER: OnceLock<MongodbServer> = OnceLock::new();
        match std::env::var("LYCEUM_TEST_MONGODB") {
            Ok(server) => Self { nested_arrays: true, ..Self::on(&server) },
            Err(_) => Self::on(&SERVER.get_or_init(|| MongodbServer::start().unwrap()).url()),
        }
    }

    /// A database of its own on this server.
    pub(crate) fn on(server: &str) -> Self {
        let (server, options) = server.split_once('?').unwrap_or((server, ""));
        let name = format!("test_{:016x}", rand::random::<u64>());
        Self { url: format!("{}/{name}?{options}", server.trim_end_matches('/')), nested_arrays: false }
    }
}

#[async_trait]
impl Subject for OnMongodb {
    async fn connect(&self, options: Options) -> Arc<dyn Backend> {
        MongodbDocuments::connect(&self.url, "things", options).await.unwrap()
    }

    fn keeps_nested_arrays(&self) -> bool {
        self.nested_arrays
    }
}
