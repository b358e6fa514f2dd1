//! Publishing: durable and in order per aggregate.

use std::collections::HashMap;
use std::future::IntoFuture;

use async_nats::jetstream::message::PublishMessage;
use async_trait::async_trait;
use futures::future::try_join_all;

use super::message;
use super::server::Server;
use crate::error::Error;
use crate::{Event, PublishError, Publisher};

#[async_trait]
impl Publisher for Server {
    async fn publish(&self, events: Vec<Event>) -> Result<(), PublishError> {
        for wave in waves(events) {
            let mut acknowledged = Vec::with_capacity(wave.len());
            for event in wave {
                let subject = self.names.event(&event.kind, &event.aggregate_id);
                let message =
                    PublishMessage::build().headers(message::publish_headers(&event)).payload(event.body);
                acknowledged.push(
                    self.jetstream
                        .send_publish(subject, message)
                        .await
                        .map_err(|error| failed(&error))?
                        .into_future(),
                );
            }
            try_join_all(acknowledged).await.map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// The events in waves that hold each aggregate once at most. All of a wave are sent before the first
/// acknowledgement comes; an event whose predecessor might still be refused is not sent.
fn waves(events: Vec<Event>) -> Vec<Vec<Event>> {
    let mut waves: Vec<Vec<Event>> = Vec::new();
    let mut next: HashMap<(String, String), usize> = HashMap::new();
    for event in events {
        let wave = next.entry((event.aggregate_type.clone(), event.aggregate_id.clone())).or_default();
        if let Some(wave) = waves.get_mut(*wave) {
            wave.push(event);
        } else {
            waves.push(vec![event]);
        }
        *wave += 1;
    }
    waves
}

fn failed(error: &async_nats::jetstream::context::PublishError) -> PublishError {
    PublishError(Error::storage(error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aggregates_events_are_in_waves_of_their_own_in_order() {
        let event = |aggregate: &str, sequence| Event {
            id: format!("{aggregate}{sequence}"),
            kind: "k".into(),
            aggregate_type: "t".into(),
            aggregate_id: aggregate.into(),
            sequence,
            body: "{}".into(),
        };
        let waves = waves(vec![event("a", 1), event("b", 1), event("a", 2), event("c", 1), event("a", 3)]);
        let ids: Vec<Vec<&str>> =
            waves.iter().map(|wave| wave.iter().map(|event| event.id.as_str()).collect()).collect();
        assert_eq!(ids, [vec!["a1", "b1", "c1"], vec!["a2"], vec!["a3"]]);
    }
}
