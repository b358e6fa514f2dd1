//! New connections, each to an address that may be reached.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use lyceum_mesh::Addresses;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower::Service;

use crate::failure::Failure;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type BoxFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// Connects, by TLS where the scheme says so.
#[derive(Clone)]
pub(crate) struct Connector<R> {
    https: HttpsConnector<HttpConnector<Permitted<R>>>,
    addresses: Arc<Addresses>,
    patience: Duration,
}

impl<R> Connector<R>
where
    R: Clone,
{
    pub(crate) fn new(resolver: R, addresses: Addresses, patience: Duration, tls: ClientConfig) -> Self {
        let addresses = Arc::new(addresses);
        // The name gets a part of the time, so that one can tell which of the two was slow.
        let permitted = Permitted { resolver, addresses: Arc::clone(&addresses), patience: patience * 4 / 5 };
        let mut http = HttpConnector::new_with_resolver(permitted);
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(patience));
        let https = HttpsConnector::<HttpConnector>::builder()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(http);
        Self { https, addresses, patience }
    }
}

impl<R> Service<Uri> for Connector<R>
where
    R: Service<Name, Error = std::io::Error> + Clone + Send + Sync + 'static,
    R::Response: Iterator<Item = SocketAddr> + Send,
    R::Future: Send,
{
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response, BoxError>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // Nobody is asked to resolve what is an address already. Other spellings of one are for the resolver.
        let host = uri.host().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if let Ok(address) = literal
            && !self.addresses.permit(host, address)
        {
            return Box::pin(async { Err(Failure::Prohibited.into()) });
        }
        let (connecting, patience) = (self.https.call(uri), self.patience);
        Box::pin(async move {
            tokio::time::timeout(patience, connecting)
                .await
                .unwrap_or_else(|_| Err(Failure::ConnectTimeout.into()))
        })
    }
}

/// A resolver that keeps back what must not be reached.
#[derive(Clone)]
pub(crate) struct Permitted<R> {
    resolver: R,
    addresses: Arc<Addresses>,
    patience: Duration,
}

impl<R> Service<Name> for Permitted<R>
where
    R: Service<Name, Error = std::io::Error> + Clone + Send + Sync + 'static,
    R::Response: Iterator<Item = SocketAddr> + Send,
    R::Future: Send,
{
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Failure;
    type Future = BoxFuture<Self::Response, Failure>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.resolver.poll_ready(context).map_err(|error| Failure::Name(error.to_string()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (addresses, patience) = (Arc::clone(&self.addresses), self.patience);
        let host = name.as_str().to_owned();
        let resolving = self.resolver.call(name);
        Box::pin(async move {
            let resolved =
                tokio::time::timeout(patience, resolving).await.map_err(|_| Failure::NameTimeout)?;
            let all: Vec<_> = resolved.map_err(|error| Failure::Name(error.to_string()))?.collect();
            if all.is_empty() {
                return Err(Failure::Name("it has no address".to_owned()));
            }
            let permitted: Vec<_> =
                all.into_iter().filter(|address| addresses.permit(&host, address.ip())).collect();
            if permitted.is_empty() { Err(Failure::Prohibited) } else { Ok(permitted.into_iter()) }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use tokio::net::TcpListener;
    use tower::{ServiceExt, service_fn};

    use super::*;
    use crate::tls;

    /// Connects to `a.example` by a resolver that answers with these addresses, one list after the other.
    async fn connect(private: &str, answers: Vec<Vec<SocketAddr>>) -> Vec<Result<SocketAddr, Failure>> {
        let left = Arc::new(Mutex::new(answers.clone()));
        let resolver = service_fn(move |_: Name| {
            let next = left.lock().unwrap().remove(0);
            std::future::ready(Ok::<_, io::Error>(next.into_iter()))
        });
        let patience = Duration::from_secs(5);
        let connector =
            Connector::new(resolver, private.parse().unwrap(), patience, tls::config(None).unwrap());
        let mut results = Vec::new();
        for answer in &answers {
            // The port of an address that a resolver gives stands for the URL's.
            let port = answer.first().map_or(1, SocketAddr::port);
            let uri = format!("http://a.example:{port}/").parse::<Uri>().unwrap();
            let connected = connector.clone().oneshot(uri).await;
            results.push(match connected {
                Ok(MaybeHttpsStream::Http(stream)) => Ok(stream.inner().peer_addr().unwrap()),
                Ok(MaybeHttpsStream::Https(_)) => panic!("it is not TLS"),
                Err(error) => Err(Failure::of(&*error)),
            });
        }
        results
    }

    #[tokio::test]
    async fn a_name_that_means_another_address_the_next_time_is_looked_at_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let mut closed = open;
        closed.set_ip([127, 0, 0, 2].into());
        let answers = vec![vec![open], vec![closed], vec![closed, open], vec![]];
        let connected = connect("127.0.0.1", answers).await;
        assert_eq!(connected[0], Ok(open));
        assert_eq!(connected[1], Err(Failure::Prohibited));
        // What may be reached is, past what may not.
        assert_eq!(connected[2], Ok(open));
        assert!(matches!(connected[3], Err(Failure::Name(_))));
    }
}
