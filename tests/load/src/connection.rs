//! One keep-alive connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::response::{self, Response};

/// A connection that is opened when needed and again after the server closed it.
pub(crate) struct Connection {
    address: SocketAddr,
    timeout: Duration,
    stream: Option<TcpStream>,
    received: Vec<u8>,
    filled: usize,
}

impl Connection {
    /// A connection to be opened with the first request.
    pub(crate) fn new(address: SocketAddr, timeout: Duration) -> Self {
        Self { address, timeout, stream: None, received: vec![0; 16 * 1024], filled: 0 }
    }

    /// Sends a request and receives its whole response. After an error the next request opens a new
    /// connection.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.open()?,
        };
        stream.write_all(request).context("send the request")?;
        self.filled = 0;
        loop {
            if self.filled == self.received.len() {
                self.received.resize(self.received.len() * 2, 0);
            }
            let free = self.received.get_mut(self.filled..).unwrap_or_default();
            match stream.read(free).context("receive the response")? {
                0 => bail!("the server closed the connection before the response was complete"),
                count => self.filled += count,
            }
            let received = self.received.get(..self.filled).unwrap_or_default();
            if let Some(response) = response::parse(received)? {
                ensure!(response.length == self.filled, "the server sent more than one response");
                if !response.closes {
                    self.stream = Some(stream);
                }
                return Ok(response);
            }
        }
    }

    fn open(&self) -> anyhow::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.address, self.timeout)
            .with_context(|| format!("connect to {}", self.address))?;
        stream.set_nodelay(true).context("set TCP_NODELAY")?;
        // Zero would mean for ever.
        let timeout = self.timeout.max(Duration::from_millis(1));
        stream.set_read_timeout(Some(timeout)).context("set the time limit for reading")?;
        stream.set_write_timeout(Some(timeout)).context("set the time limit for writing")?;
        Ok(stream)
    }
}
