//! HTTP requests that a component sends: everything goes through the network of components, or outside.

use std::future::Future;
use std::sync::{Arc, LazyLock, Weak};
use std::time::Instant;

use http::HeaderName;
use lyceum_network::Call;
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks,
};

use crate::network::Network;

static FORBIDDEN: LazyLock<ForbiddenHeaderFilter> =
    LazyLock::new(|| Arc::new(|name: &HeaderName| DEFAULT_FORBIDDEN_HEADERS.contains(name)));

/// Who sends, on behalf of which call.
pub(crate) struct Outgoing {
    pub(crate) call: Call,
    sender: Arc<str>,
    network: Weak<Network>,
}

impl Outgoing {
    pub(crate) fn new(sender: Arc<str>, network: Weak<Network>) -> Self {
        let call = Call { deadline: Instant::now(), correlation_id: "".into() };
        Self { call, sender, network }
    }
}

type Sent = Result<(http::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl WasiHttpHooks for Outgoing {
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::clone(&FORBIDDEN)
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let network = self.network.upgrade();
        let sender = Arc::clone(&self.sender);
        let call = self.call.clone();
        let first_byte = options.and_then(|options| options.first_byte_timeout);
        Box::new(async move {
            let network = network.ok_or(Error::DestinationUnavailable)?;
            let response = network.send(&sender, request, call, first_byte).await?;
            let done: Box<dyn Future<Output = Result<(), Error>> + Send> = Box::new(async { Ok(()) });
            Ok((response, done))
        })
    }
}
