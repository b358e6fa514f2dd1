//! The reading threads.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;
use tokio::time::timeout_at;

use super::link::{Link, Role};
use super::{Shared, thread};
use crate::Error;

/// Gets a connection, or the reason why there is none, and says whether it may be kept.
type Task = Box<dyn FnOnce(Result<&Link, Error>) -> bool + Send>;

/// Hands work to the reading threads. They end when all copies are dropped.
#[derive(Clone, Debug)]
pub(super) struct Readers(async_channel::Sender<Task>);

impl Readers {
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Self, Error> {
        let (sender, tasks) = async_channel::bounded(shared.options.queue.max(1));
        for _ in 0..shared.options.connections.max(1) {
            let (shared, tasks) = (Arc::clone(shared), tasks.clone());
            thread::start(format!("sql-read-{}", shared.service), move || serve(&shared, &tasks))?;
        }
        Ok(Self(sender))
    }

    /// Runs `work` on one of the connections; its statements are interrupted at the deadline.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        work: impl FnOnce(&Link) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |link| {
            if reply.is_closed() {
                return true;
            }
            let result = match link {
                Err(error) => Err(error),
                Ok(_) if Instant::now() >= deadline => Err(Error::Timeout),
                Ok(link) => link.until(deadline, || work(link)),
            };
            let keep = !matches!(result, Err(Error::Unavailable(_)));
            // The caller may have stopped waiting just now.
            let _ = reply.send(result);
            keep
        });
        let gone = || Error::Unavailable("the database was closed".into());
        let outcome = timeout_at(deadline.into(), async {
            self.0.send(task).await.map_err(|_| gone())?;
            answer.await.map_err(|_| gone())?
        });
        outcome.await.unwrap_or(Err(Error::Timeout))
    }
}

fn serve(shared: &Shared, tasks: &async_channel::Receiver<Task>) {
    let mut kept: Option<Link> = None;
    while let Ok(task) = tasks.recv_blocking() {
        let link = kept.take().filter(|link| link.is_current(&shared.path));
        match link.map_or_else(|| Link::open(shared, Role::Reader), Ok) {
            Ok(link) => kept = task(Ok(&link)).then_some(link),
            Err(error) => {
                task(Err(error));
            }
        }
    }
}
