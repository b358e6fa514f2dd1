//! A way to a server that may be slow, or lose everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const LOST: u64 = u64::MAX;

/// Passes bytes on, each after the delay at its time.
pub(crate) struct Proxy {
    port: u16,
    /// Milliseconds; [`LOST`] keeps everything back.
    delay: Arc<AtomicU64>,
}

impl Proxy {
    /// Stands before the server at this port.
    pub(crate) async fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let delay = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&delay);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { continue };
                let (client_read, client_write) = client.into_split();
                let (server_read, server_write) = server.into_split();
                tokio::spawn(pass(client_read, server_write, Arc::clone(&seen)));
                tokio::spawn(pass(server_read, client_write, Arc::clone(&seen)));
            }
        });
        Self { port, delay }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on everything takes this much longer in each direction.
    pub(crate) fn slow_down(&self, delay: Duration) {
        self.delay.store(delay.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }

    /// From now on nothing gets through, and nobody is told.
    pub(crate) fn lose(&self) {
        self.delay.store(LOST, Ordering::Relaxed);
    }
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, delay: Arc<AtomicU64>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        match delay.load(Ordering::Relaxed) {
            0 => {}
            // What was once lost does not come later, and neither does the connection's end.
            LOST => std::future::pending().await,
            delay => tokio::time::sleep(Duration::from_millis(delay)).await,
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
}
