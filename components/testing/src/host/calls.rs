//! The services that the service under test calls.

use std::{cell::RefCell, collections::HashMap, fmt, rc::Rc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use lyceum_kit::{host::http::Http, http::SendError};

/// Answers calls of one host.
type Script = Rc<dyn Fn(Request<Bytes>) -> Result<Response<Bytes>, SendError>>;

#[derive(Default)]
pub(crate) struct Calls(RefCell<HashMap<String, Script>>);

impl Calls {
    pub(crate) fn set(&self, host: String, script: Script) {
        self.0.borrow_mut().insert(host, script);
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.borrow().keys()).finish()
    }
}

impl Http for Calls {
    fn send(&self, request: Request<Bytes>, _: Option<Duration>) -> Result<Response<Bytes>, SendError> {
        let host = request.uri().host().unwrap_or_default();
        let script = self.0.borrow().get(host).cloned();
        let script = script.unwrap_or_else(|| {
            let (method, uri) = (request.method(), request.uri());
            panic!("the service calls {method} {uri}, and the test has no `on_call` for it")
        });
        script(request)
    }
}
