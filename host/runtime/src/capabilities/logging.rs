//! `wasi:logging`, and what a guest prints: both become log lines of the host, with the component's name.

use std::sync::Arc;

use bytes::Bytes;
use tracing::{debug, error, info, trace, warn};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::bindings::capabilities::wasi::logging::logging::{Host, Level};
use crate::guest::Guest;

/// Longest message that is written out, in bytes; the rest is cut off.
const MAX_BYTES: usize = 8 << 10;

impl Host for Guest {
    async fn log(&mut self, level: Level, context: String, message: String) -> wasmtime::Result<()> {
        let component = &*self.component;
        let correlation_id = &*self.call().correlation_id;
        let message = cut(&message);
        match level {
            Level::Trace => trace!(target: "component", component, correlation_id, context, "{message}"),
            Level::Debug => debug!(target: "component", component, correlation_id, context, "{message}"),
            Level::Info => info!(target: "component", component, correlation_id, context, "{message}"),
            Level::Warn => warn!(target: "component", component, correlation_id, context, "{message}"),
            Level::Error | Level::Critical => {
                error!(target: "component", component, correlation_id, context, "{message}");
            }
        }
        Ok(())
    }
}

fn cut(message: &str) -> &str {
    let mut end = message.len().min(MAX_BYTES);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    message.get(..end).unwrap_or_default()
}

/// Turns what a guest writes to its standard output or error into log lines. A panic message of a
/// guest comes this way.
#[derive(Clone)]
pub(crate) struct Lines {
    component: Arc<str>,
}

impl Lines {
    pub(crate) fn new(component: &Arc<str>) -> Self {
        Self { component: Arc::clone(component) }
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let text = String::from_utf8_lossy(&bytes);
        for line in cut(&text).lines().filter(|line| !line.trim().is_empty()) {
            warn!(target: "component", component = &*self.component, "{line}");
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}
