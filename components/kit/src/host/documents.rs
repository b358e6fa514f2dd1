//! `lyceum:data/documents`

pub use lyceum_bindings::imports::lyceum::data::documents::{
    Change, Document, Error, Modification, Outcome, Page, Query, Remembered, Sort, Written,
};
#[cfg(target_family = "wasm")]
pub(crate) use lyceum_bindings::imports::lyceum::data::documents::{find, get, recall, write};

#[cfg(not(target_family = "wasm"))]
pub use native::Documents;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{find, get, recall, write};

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::{fmt, rc::Rc};

    use super::{Document, Error, Modification, Outcome, Page, Query, Remembered};
    use crate::host::installed::required;

    /// A service's documents; each call is one of WIT.
    pub trait Documents: fmt::Debug {
        /// The documents with these ids, in this order.
        fn get(&self, collection: &str, ids: &[String]) -> Result<Vec<Option<Document>>, Error>;
        /// A page of those that a filter holds for.
        fn find(&self, query: &Query) -> Result<Page, Error>;
        /// Changes one document, or nothing.
        fn write(&self, modification: &Modification) -> Result<Outcome, Error>;
        /// What was answered for this key, if it was used in this collection.
        fn recall(
            &self,
            collection: &str,
            scope: &str,
            key: &str,
            fingerprint: &str,
        ) -> Result<Option<Remembered>, Error>;
    }

    fn host() -> Rc<dyn Documents> {
        required("lyceum:data/documents", |host| host.documents.as_ref())
    }

    pub(crate) fn get(collection: &str, ids: &[String]) -> Result<Vec<Option<Document>>, Error> {
        host().get(collection, ids)
    }

    pub(crate) fn find(query: &Query) -> Result<Page, Error> {
        host().find(query)
    }

    pub(crate) fn write(modification: &Modification) -> Result<Outcome, Error> {
        host().write(modification)
    }

    pub(crate) fn recall(
        collection: &str,
        scope: &str,
        key: &str,
        fingerprint: &str,
    ) -> Result<Option<Remembered>, Error> {
        host().recall(collection, scope, key, fingerprint)
    }
}
