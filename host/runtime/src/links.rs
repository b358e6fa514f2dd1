//! What stands behind a component's imports.

use std::collections::BTreeMap;
use std::sync::Arc;

use lyceum_blobs::Container;
use lyceum_clock::WallClock;
use lyceum_documents::Documents;
use lyceum_keyvalue::Bucket;
use lyceum_mail::Sender;
use lyceum_sql::Database;

/// One component's links. What is absent is refused when the component calls it.
#[derive(Clone, Default)]
pub struct Links {
    /// `lyceum:data/sql`
    pub sql: Option<Arc<dyn Database>>,
    /// `lyceum:data/documents`
    pub documents: Option<Arc<dyn Documents>>,
    /// `wasi:keyvalue`, by bucket name.
    pub keyvalue: BTreeMap<String, Arc<dyn Bucket>>,
    /// `wasi:blobstore`, by container name.
    pub containers: BTreeMap<String, Arc<dyn Container>>,
    /// `lyceum:mail/sender`
    pub mail: Option<Arc<dyn Sender>>,
    /// `wasi:config/store`
    pub config: BTreeMap<String, String>,
    /// `wasi:clocks/wall-clock`
    pub clock: WallClock,
}
