//! A bus in this process, to which other processes publish.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use lyceum_events::{Event, PublishError, Publisher};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What arrived, in the order of arrival; an id that is known already is only counted.
#[derive(Default)]
pub(crate) struct Bus {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ids: HashSet<String>,
    last: HashMap<String, u64>,
    repeated: usize,
    mistakes: Vec<String>,
}

impl Bus {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Lets other processes publish at the address that it returns.
    pub(crate) async fn listen(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let bus = Arc::clone(self);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&bus).serve(connection));
            }
        });
        address
    }

    /// A line for each event, an empty line behind the batch; `+` acknowledges it.
    async fn serve(self: Arc<Self>, connection: TcpStream) {
        let (reading, mut writing) = connection.into_split();
        let mut lines = BufReader::new(reading).lines();
        let mut batch = Vec::new();
        while let Ok(Some(line)) = lines.next_line().await {
            if !line.is_empty() {
                batch.push(line);
                continue;
            }
            for line in batch.drain(..) {
                let [id, aggregate, sequence] = line.split(' ').collect::<Vec<_>>()[..] else {
                    panic!("{line}")
                };
                self.take(id, aggregate, sequence.parse().unwrap());
            }
            if writing.write_all(b"+").await.is_err() {
                return;
            }
        }
    }

    fn take(&self, id: &str, aggregate: &str, sequence: u64) {
        let mut state = self.state.lock().unwrap();
        if !state.ids.insert(id.to_owned()) {
            state.repeated += 1;
            return;
        }
        let last = state.last.insert(aggregate.to_owned(), sequence).unwrap_or_default();
        if sequence != last + 1 {
            state.mistakes.push(format!("{aggregate}: {sequence} after {last}"));
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.state.lock().unwrap().ids.len()
    }

    pub(crate) fn repeated(&self) -> usize {
        self.state.lock().unwrap().repeated
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.state.lock().unwrap().ids.contains(id)
    }

    /// Each aggregate's events came first in order, without a gap.
    pub(crate) fn assert_ordered(&self) {
        let mistakes = self.state.lock().unwrap().mistakes.clone();
        assert!(mistakes.is_empty(), "{mistakes:?}");
    }
}

#[async_trait]
impl Publisher for Bus {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        for event in events {
            self.take(&event.id, &event.aggregate_id, event.sequence);
        }
        Ok(())
    }
}

/// The way to a bus in another process.
pub(crate) struct Remote(tokio::sync::Mutex<TcpStream>);

impl Remote {
    pub(crate) async fn connect(address: &str) -> Arc<Self> {
        Arc::new(Self(tokio::sync::Mutex::new(TcpStream::connect(address).await.unwrap())))
    }
}

#[async_trait]
impl Publisher for Remote {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        let failed = |error: std::io::Error| PublishError(error.to_string());
        let mut text = String::new();
        for event in events {
            text.extend([
                event.id,
                " ".into(),
                event.aggregate_id,
                " ".into(),
                event.sequence.to_string(),
                "\n".into(),
            ]);
        }
        text.push('\n');
        let mut connection = self.0.lock().await;
        connection.write_all(text.as_bytes()).await.map_err(failed)?;
        connection.read_exact(&mut [0]).await.map_err(failed)?;
        Ok(())
    }
}
