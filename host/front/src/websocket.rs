//! WebSockets (RFC 6455) that tell what a channel is told, and take nothing.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use http::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use lyceum_live::Held;
use lyceum_network::BoxBody;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tracing::debug;

/// What a client may send at most: it has nothing to say but that it is there or leaves.
const LARGEST: usize = 4 << 10;
/// How long the other side may take to say that it has heard of the end.
const FAREWELL: Duration = Duration::from_secs(5);

/// The only version that is spoken (section 4.2.2).
pub(crate) const VERSION: &str = "13";

/// A request would become a WebSocket of a version that isn't spoken here.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the WebSocket's version is not {VERSION}")]
pub(crate) struct OtherVersion;

/// A request that would become a WebSocket.
pub(crate) struct Handshake {
    accept: HeaderValue,
    upgrade: OnUpgrade,
}

impl Handshake {
    /// None if the request is an ordinary one, or one that RFC 6455, section 4.2.1, has answered as such.
    pub(crate) fn of(request: &mut Request<Incoming>) -> Option<Result<Self, OtherVersion>> {
        let headers = request.headers();
        let key = headers.get(SEC_WEBSOCKET_KEY)?;
        let asks = request.method() == Method::GET
            && names(headers, &CONNECTION, "upgrade")
            && names(headers, &UPGRADE, "websocket");
        let version = headers.get(SEC_WEBSOCKET_VERSION).filter(|_| asks)?;
        if version != VERSION {
            return Some(Err(OtherVersion));
        }
        let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()?;
        Some(Ok(Self { accept, upgrade: hyper::upgrade::on(request) }))
    }

    /// The answer that makes it one, and what happens on the connection then.
    pub(crate) fn accept<E: 'static>(
        self,
        held: Held,
    ) -> (Response<BoxBody<E>>, impl Future<Output = ()> + Send + use<E>) {
        let mut response = Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_ACCEPT, self.accept);
        let upgrade = self.upgrade;
        let talk = async {
            let ended = match upgrade.await {
                Ok(connection) => tell(connection, held).await.map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if let Err(error) = ended {
                debug!(error, "a WebSocket ended early");
            }
        };
        (response, talk)
    }
}

/// Whether a header has this among its values.
fn names(headers: &HeaderMap, name: &http::HeaderName, value: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|values| values.split(',')).any(|one| one.trim().eq_ignore_ascii_case(value))
}

async fn tell(connection: Upgraded, mut held: Held) -> Result<(), Error> {
    let config = WebSocketConfig::default()
        .read_buffer_size(LARGEST)
        .write_buffer_size(0)
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    let mut socket =
        WebSocketStream::from_raw_socket(TokioIo::new(connection), Role::Server, Some(config)).await;
    let (code, reason) = loop {
        tokio::select! {
            item = held.next() => match item {
                Some(item) => socket.send(Message::text(item.text())).await?,
                None => break (CloseCode::Away, "come again"),
            },
            said = socket.next() => match said {
                Some(Ok(Message::Text(_) | Message::Binary(_))) => {
                    break (CloseCode::Unsupported, "this only tells: send a request to say something");
                }
                // Pings are answered by the library.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
        }
    };
    drop(held);
    let farewell = async {
        socket.close(Some(CloseFrame { code, reason: reason.into() })).await?;
        while socket.next().await.transpose()?.is_some() {}
        Ok(())
    };
    tokio::time::timeout(FAREWELL, farewell).await.unwrap_or(Ok(()))
}
