//! What stands in the host's place natively.

use std::{cell::RefCell, rc::Rc};

use super::{
    blobs::BlobStore, config::Config, documents::Documents, http::Http, keyvalue::KeyValue, logging::Logging,
    mail::Mail, sql::Sql,
};

/// One implementation of each interface; a call of an interface that has none panics, but for configuration (see
/// [`crate::testing::configure`]) and logging (to the standard error).
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// `wasi:blobstore`
    pub blobs: Option<Rc<dyn BlobStore>>,
    /// `wasi:config/store`
    pub config: Option<Rc<dyn Config>>,
    /// `lyceum:data/documents`
    pub documents: Option<Rc<dyn Documents>>,
    /// `wasi:http/outgoing-handler`
    pub http: Option<Rc<dyn Http>>,
    /// `wasi:keyvalue`
    pub keyvalue: Option<Rc<dyn KeyValue>>,
    /// `wasi:logging`
    pub logging: Option<Rc<dyn Logging>>,
    /// `lyceum:mail/sender`
    pub mail: Option<Rc<dyn Mail>>,
    /// `lyceum:data/sql`
    pub sql: Option<Rc<dyn Sql>>,
}

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host::default());
}

/// Puts back what was installed before when it is dropped.
#[derive(Debug)]
#[must_use = "what was installed before comes back when this is dropped"]
pub struct Installed(Host);

/// Makes this thread's host calls go to `host`.
pub fn install(host: Host) -> Installed {
    Installed(HOST.replace(host))
}

impl Drop for Installed {
    fn drop(&mut self) {
        drop(HOST.replace(std::mem::take(&mut self.0)));
    }
}

/// What is installed for an interface. No borrow stays behind: an implementation may install another host while it
/// runs.
pub(super) fn optional<T: ?Sized>(of: impl FnOnce(&Host) -> Option<&Rc<T>>) -> Option<Rc<T>> {
    HOST.with_borrow(|host| of(host).cloned())
}

/// What is installed for this interface.
#[allow(clippy::panic, reason = "natively only: a test that calls a host without one is wrong")]
pub(super) fn required<T: ?Sized>(interface: &str, of: impl FnOnce(&Host) -> Option<&Rc<T>>) -> Rc<T> {
    optional(of).unwrap_or_else(|| {
        panic!("there is no host to call {interface}: make an App of lyceum-testing in this test's thread")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config, keyvalue::Bucket};

    #[derive(Debug)]
    struct Fixed(&'static str);

    impl Config for Fixed {
        fn get(&self, _: &str) -> Result<Option<String>, crate::host::config::Error> {
            Ok(Some(self.0.to_owned()))
        }
    }

    fn fixed(value: &'static str) -> Host {
        Host { config: Some(Rc::new(Fixed(value))), ..Host::default() }
    }

    #[test]
    fn the_innermost_host_is_called_and_the_one_before_comes_back() {
        let _outer = install(fixed("outer"));
        {
            let _inner = install(fixed("inner"));
            assert_eq!(config::get("any").unwrap().as_deref(), Some("inner"));
        }
        assert_eq!(config::get("any").unwrap().as_deref(), Some("outer"));
    }

    #[test]
    #[should_panic(expected = "there is no host to call wasi:keyvalue")]
    fn a_call_without_a_host_panics_and_names_the_interface() {
        let _bucket = Bucket::open("things");
    }
}
