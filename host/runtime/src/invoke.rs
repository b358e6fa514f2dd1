//! One call of a component: an HTTP request or an event.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use lyceum_network::{Call, Fault};
use tokio::sync::oneshot;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::{Error as HttpError, WasiBody};

use crate::bindings::subscriber::wasmcloud::messaging::types::BrokerMessage;
use crate::component::Component;
use crate::guest::Trigger;
use crate::metered::{Measured, Metered};
use crate::pool::{Instance, Permit};

type Head = Result<http::Response<WasiBody>, ErrorCode>;

impl Component {
    /// Answers one request. The returned body streams while the component still writes it.
    ///
    /// Dropping the future before there is an answer ends the call and its instance.
    pub async fn answer(
        self: &Arc<Self>,
        request: http::Request<WasiBody>,
        call: Call,
    ) -> Result<http::Response<WasiBody>, Fault> {
        let permit = self.pool.permit(Trigger::Request, call.deadline).await?;
        let (sender, mut head) = oneshot::channel();
        let mut run: Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>> =
            Box::pin(Arc::clone(self).serve(request, call, permit, sender));
        // Most answers are complete when their head is, so the guest is run right here; only what is
        // still writing a body then moves to a task of its own.
        let mut ended = None;
        let head = std::future::poll_fn(|context| {
            if ended.is_none()
                && let Poll::Ready(end) = run.as_mut().poll(context)
            {
                ended = Some(end);
            }
            Pin::new(&mut head).poll(context)
        })
        .await;
        if ended.is_none() && head.is_ok() {
            tokio::spawn(run);
        }
        match (head, ended) {
            (Ok(Ok(response)), _) => {
                self.statistics.count_answer(response.status());
                let limit = usize::try_from(self.limits.response_body).unwrap_or(usize::MAX);
                Ok(response.map(|body| limited(body, limit)))
            }
            (Ok(Err(code)), _) => Err(Fault::Trap(format!("it answered with the error {code:?}"))),
            (Err(_), Some(Err(fault))) => Err(fault),
            (Err(_), _) => Err(Fault::NoAnswer),
        }
    }

    /// Hands over one event. The inner error is the component's own.
    pub async fn deliver(
        &self,
        subject: String,
        body: Bytes,
        call: Call,
    ) -> Result<Result<(), String>, Fault> {
        let permit = self.pool.permit(Trigger::Message, call.deadline).await?;
        let deadline = call.deadline;
        let mut instance = self.instance(call).await?;
        instance.store.data_mut().trigger = Trigger::Message;
        let Some(events) = &instance.events else { return Err(Fault::NotServed) };
        let message = BrokerMessage { subject, body: body.into(), reply_to: None };
        let call = events.wasmcloud_messaging_handler().call_handle_message(&mut instance.store, &message);
        let handled = self.run(call, deadline).await?;
        self.end(instance, permit);
        match &handled {
            Ok(()) => self.statistics.messages_handled.inc(),
            Err(_) => self.statistics.messages_failed.inc(),
        };
        Ok(handled)
    }

    async fn serve(
        self: Arc<Self>,
        request: http::Request<WasiBody>,
        call: Call,
        permit: Permit,
        head: oneshot::Sender<Head>,
    ) -> Result<(), Fault> {
        let deadline = call.deadline;
        let mut instance = self.instance(call).await?;
        let Some(web) = &instance.web else { return Err(Fault::NotServed) };
        let guest = instance.store.data_mut();
        guest.trigger = Trigger::Request;
        let limit = usize::try_from(self.limits.request_body).unwrap_or(usize::MAX);
        let request = request.map(|body| limited(body, limit));
        let mut http = wasmtime_wasi_http::WasiHttpView::http(guest);
        let request = http.new_incoming_request(Scheme::Http, request).map_err(trapped)?;
        let (answered, was_answered) = oneshot::channel();
        let answer = http
            .new_response_outparam_from_callback(move |response| {
                // Whoever asked may be gone; the guest then finds nobody reading its body.
                let _ = head.send(response);
                let _ = answered.send(());
            })
            .map_err(trapped)?;
        let handler = web.wasi_http_incoming_handler();
        self.run(handler.call_handle(&mut instance.store, request, answer), deadline).await?;
        let mut was_answered = was_answered;
        if was_answered.try_recv().is_err() {
            self.statistics.discarded_failed.inc();
            return Err(Fault::NoAnswer);
        }
        self.end(instance, permit);
        Ok(())
    }

    /// Runs a guest's export within its limits. After an error the instance must not be used again.
    async fn run<T>(
        &self,
        call: impl Future<Output = wasmtime::Result<T>>,
        deadline: Instant,
    ) -> Result<T, Fault> {
        let started = Instant::now();
        let mut cancelled = Cancelled { component: Some(self) };
        let measured = tokio::time::timeout_at(deadline.into(), Metered::new(call, self.limits.cpu)).await;
        cancelled.component = None;
        self.statistics.seconds.observe(started.elapsed().as_secs_f64());
        let result = match measured {
            Err(_) => Err(Fault::Deadline),
            Ok(Measured { output, spent }) => {
                self.statistics.cpu_seconds.inc_by(spent.as_secs_f64());
                match output {
                    None => Err(Fault::Cpu(spent)),
                    Some(Err(error)) => Err(trapped(error)),
                    Some(Ok(value)) => Ok(value),
                }
            }
        };
        if result.is_err() {
            self.statistics.discarded_failed.inc();
        }
        result
    }

    fn end(&self, instance: Instance, permit: Permit) {
        self.pool.give_back(instance);
        drop(permit);
    }
}

/// Counts a call whose caller went away.
struct Cancelled<'a> {
    component: Option<&'a Component>,
}

impl Drop for Cancelled<'_> {
    fn drop(&mut self) {
        if let Some(component) = self.component {
            component.statistics.discarded_cancelled.inc();
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn trapped(error: wasmtime::Error) -> Fault {
    Fault::Trap(format!("{error:#}"))
}

/// A body that ends with an error once it is longer than `limit` bytes.
fn limited(body: WasiBody, limit: usize) -> WasiBody {
    if body.size_hint().upper().is_some_and(|upper| upper <= limit as u64) {
        return body;
    }
    Limited::new(body, limit)
        .map_err(move |error| match error.downcast::<HttpError>() {
            Ok(error) => *error,
            Err(_) => HttpError::HttpRequestBodySize(Some(limit as u64)),
        })
        .boxed_unsync()
}
