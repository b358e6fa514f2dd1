//! What a service does with which events: `on` in [`service!`](crate::service!).

use serde::de::DeserializeOwned;

use crate::{
    event::{Event, EventError, Received},
    projection::Projection,
};

/// What is read of a kind of event: the publisher's own type, or a type with fewer members.
///
/// ```
/// use lyceum_kit::{prelude::*, subscription::Consumes};
/// # #[derive(serde::Serialize)] struct BookAdded { book_id: Uuid }
/// # impl Event for BookAdded {
/// #     const KIND: &'static str = "lyceum.books.BookAdded.v1";
/// #     const AGGREGATE_TYPE: &'static str = "book";
/// #     fn aggregate_id(&self) -> String { self.book_id.to_string() }
/// # }
/// #[derive(serde::Deserialize)]
/// struct Added { book_id: Uuid }
///
/// impl Consumes for Added {
///     const CONSUMED_KIND: &'static str = BookAdded::KIND;
/// }
/// ```
pub trait Consumes: DeserializeOwned {
    /// The CloudEvents `type`.
    const CONSUMED_KIND: &'static str;
}

impl<E: Event + DeserializeOwned> Consumes for E {
    const CONSUMED_KIND: &'static str = E::KIND;
}

/// What handling an event means; the same as in the manifest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Mode {
    /// Fills tables that could be made again from the log, and causes nothing.
    Projection,
    /// Causes something new.
    Reaction,
}

impl Mode {
    /// The name in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Projection => "projection",
            Self::Reaction => "reaction",
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Handler {
    Projection(fn(&Projection<'_>) -> Result<(), EventError>),
    Reaction(fn(&Received) -> Result<(), EventError>),
}

/// One kind of event with what is done with it; made by [`service!`](crate::service!).
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    kind: &'static str,
    handler: Handler,
    read: fn(&Received) -> Result<(), EventError>,
}

impl Subscription {
    /// A kind that is projected.
    #[doc(hidden)]
    pub const fn projection<T: Consumes>(handler: fn(&Projection<'_>) -> Result<(), EventError>) -> Self {
        Self { kind: T::CONSUMED_KIND, handler: Handler::Projection(handler), read: read::<T> }
    }

    /// A kind that is reacted to.
    #[doc(hidden)]
    pub const fn reaction<T: Consumes>(handler: fn(&Received) -> Result<(), EventError>) -> Self {
        Self { kind: T::CONSUMED_KIND, handler: Handler::Reaction(handler), read: read::<T> }
    }

    /// The CloudEvents `type`.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// As which of both.
    pub const fn mode(&self) -> Mode {
        match self.handler {
            Handler::Projection(_) => Mode::Projection,
            Handler::Reaction(_) => Mode::Reaction,
        }
    }

    /// Whether the event's data can be read, without doing anything: for tests against its schema.
    pub fn read(&self, received: &Received) -> Result<(), EventError> {
        (self.read)(received)
    }

    fn handle(&self, received: &Received) -> Result<(), EventError> {
        match self.handler {
            Handler::Projection(handler) => handler(&Projection::of(received)),
            Handler::Reaction(handler) => handler(received),
        }
    }
}

fn read<T: Consumes>(received: &Received) -> Result<(), EventError> {
    received.decode::<T>().map(drop)
}

/// Hands an event to what handles its kind. The host says as which consumer the service is given it. A host whose
/// manifest is older or newer may say the other mode: it is handled all the same, or it would be lost. Hosts that say
/// nothing deliver it for each of them, so each of them is asked.
pub(crate) fn dispatch(subscriptions: &[Subscription], received: &Received) -> Result<(), EventError> {
    let of_kind = || subscriptions.iter().filter(|subscription| subscription.kind == received.kind);
    let asked = received.mode();
    let mut handled = false;
    for subscription in of_kind().filter(|found| asked.is_none_or(|mode| mode == found.mode())) {
        subscription.handle(received)?;
        handled = true;
    }
    if handled {
        return Ok(());
    }
    of_kind().next().ok_or_else(|| received.unknown())?.handle(received)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde::{Deserialize, Serialize};

    use super::*;

    thread_local! {
        static DONE: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    #[derive(Deserialize, Serialize)]
    struct Added {
        book_id: String,
    }
    impl Event for Added {
        const KIND: &'static str = "lyceum.books.Added.v1";
        const AGGREGATE_TYPE: &'static str = "book";
        fn aggregate_id(&self) -> String {
            self.book_id.clone()
        }
    }

    /// Reads less of it.
    #[derive(Deserialize)]
    struct Lent {}
    impl Consumes for Lent {
        const CONSUMED_KIND: &'static str = "lyceum.books.Lent.v1";
    }

    #[allow(clippy::unnecessary_wraps, reason = "it is a handler")]
    fn note(what: &'static str) -> Result<(), EventError> {
        DONE.with_borrow_mut(|done| done.push(what));
        Ok(())
    }

    const ON: &[Subscription] = &[
        Subscription::projection::<Added>(|_| note("projection of Added")),
        Subscription::reaction::<Added>(|_| note("reaction to Added")),
        Subscription::reaction::<Lent>(|_| note("reaction to Lent")),
    ];

    fn received(kind: &str, consumer: Option<&str>) -> Received {
        let consumer = consumer.map(|name| format!(r#""consumer":"{name}","#)).unwrap_or_default();
        let body =
            format!(r#"{{{consumer}"id":"e1","type":"{kind}","source":"/s","data":{{"book_id":"b1"}}}}"#);
        Received::parse("shelf", body.as_bytes()).unwrap()
    }

    fn done(kind: &str, consumer: Option<&str>) -> Vec<&'static str> {
        DONE.take();
        dispatch(ON, &received(kind, consumer)).unwrap();
        DONE.take()
    }

    #[test]
    fn an_event_is_handled_as_the_consumer_that_it_is_delivered_to() {
        assert_eq!(done(Added::KIND, Some("shelf/projection")), ["projection of Added"]);
        assert_eq!(done(Added::KIND, Some("shelf/reaction")), ["reaction to Added"]);
    }

    #[test]
    fn an_event_of_a_host_that_names_no_consumer_is_handled_as_each() {
        assert_eq!(done(Added::KIND, None), ["projection of Added", "reaction to Added"]);
    }

    #[test]
    fn an_event_that_comes_by_the_mode_of_an_older_manifest_is_not_lost() {
        assert_eq!(done(Lent::CONSUMED_KIND, Some("shelf/projection")), ["reaction to Lent"]);
    }

    #[test]
    fn an_unknown_kind_can_never_be_handled() {
        let error = dispatch(ON, &received("lyceum.books.Burnt.v1", Some("shelf/reaction"))).unwrap_err();
        assert!(error.to_string().starts_with("broken: "), "{error}");
    }

    #[test]
    fn an_events_data_are_checked_without_handling_it() {
        DONE.take();
        assert_eq!(ON[0].read(&received(Added::KIND, None)), Ok(()));
        let empty = Received::parse("shelf", br#"{"id":"e","type":"t","source":"/s","data":{}}"#).unwrap();
        assert!(ON[0].read(&empty).is_err() && ON[2].read(&empty).is_ok());
        assert_eq!(DONE.take(), [""; 0]);
    }
}
