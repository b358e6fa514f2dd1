//! What readers of channels rely on.

use std::sync::atomic::AtomicUsize;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};

use super::*;
use crate::{EventStream, Item, poll};

const AT: Position = Position { epoch: 7, number: 0 };

fn hub() -> Arc<Hub> {
    let hub = Hub::new(Options { queue: 4, of_one_caller: 3, streams: 5, ..Options::default() });
    hub.begin(AT);
    hub
}

fn tell(hub: &Hub, number: u64, service: &str, channel: &str) {
    let message = Message {
        id: format!("id{number}"),
        service: service.into(),
        channel: channel.into(),
        event: "came".into(),
        data: format!("{{\"number\":\n{number}}}"),
    };
    hub.hear(Position { number, ..AT }, message);
}

fn asked(hub: &Hub, last: Option<&str>) -> Asked {
    Asked {
        service: "notes".into(),
        channels: vec!["a".into(), "b".into()],
        caller: Some("u1".into()),
        session: None,
        form: Form::Events,
        keep_alive: None,
        until: None,
        since: hub.mark(),
        last: last.map(str::to_owned),
        cut: Box::new(|| ()),
    }
}

/// What is there to be read, without waiting.
fn read(held: &mut Held) -> Vec<String> {
    let mut items = Vec::new();
    while let Some(Some(item)) = futures::FutureExt::now_or_never(held.next()) {
        items.push(match item {
            Item::Alive(position) => format!("alive {position}"),
            Item::Reset(position) => format!("reset {position}"),
            Item::Message(told) => told.position().to_string(),
        });
    }
    items
}

#[tokio::test]
async fn readers_get_what_is_told_to_their_channels_and_nothing_of_other_services() {
    let hub = hub();
    let mut held = hub.hold(asked(&hub, None)).unwrap();
    tell(&hub, 1, "notes", "a");
    tell(&hub, 2, "other", "a");
    tell(&hub, 3, "notes", "c");
    tell(&hub, 4, "notes", "b");
    assert_eq!(read(&mut held), ["alive 7-0", "7-1", "7-4"]);
}

#[tokio::test]
async fn what_was_told_while_the_service_answered_is_not_missed() {
    let hub = hub();
    tell(&hub, 1, "notes", "a");
    let asked = asked(&hub, None);
    tell(&hub, 2, "notes", "a");
    let mut held = hub.hold(asked).unwrap();
    assert_eq!(read(&mut held), ["alive 7-1", "7-2"]);
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_once() {
    let hub = hub();
    for number in 1..=4 {
        tell(&hub, number, "notes", if number == 3 { "elsewhere" } else { "a" });
    }
    let mut held = hub.hold(asked(&hub, Some("7-1"))).unwrap();
    // Another host was ahead of this one.
    let mut ahead = hub.hold(asked(&hub, Some("7-5"))).unwrap();
    tell(&hub, 5, "notes", "b");
    tell(&hub, 5, "notes", "b");
    tell(&hub, 6, "notes", "b");
    assert_eq!(read(&mut held), ["alive 7-1", "7-2", "7-4", "7-5", "7-6"]);
    assert_eq!(read(&mut ahead), ["alive 7-5", "7-6"]);
}

#[tokio::test]
async fn who_missed_what_is_not_known_is_told_to_begin_anew() {
    let hub = hub();
    for number in 1..=9 {
        tell(&hub, number, "notes", "a");
    }
    for lost in ["6-9", "7-1", "nonsense", ""] {
        let mut held = hub.hold(asked(&hub, Some(lost))).unwrap();
        assert_eq!(read(&mut held), ["alive 7-9", "reset 7-9"], "{lost}");
    }
    assert_eq!(hub.figures().resets, 4);
    // The host has lost the thread itself.
    let mut held = hub.hold(asked(&hub, None)).unwrap();
    hub.begin(Position { epoch: 8, number: 3 });
    assert_eq!(read(&mut held), ["alive 7-9", "reset 8-3"]);
}

#[tokio::test]
async fn memory_is_bounded_and_what_is_forgotten_is_not_taken_for_known() {
    let hub = Hub::new(Options { memory_bytes: 2_000, ..Options::default() });
    hub.begin(AT);
    for number in 1..=100 {
        tell(&hub, 2 * number - 1, "notes", "a");
        tell(&hub, 2 * number, "other", "a");
    }
    assert!(hub.figures().kept_bytes <= 4_000, "{:?}", hub.figures());
    let mut held = hub.hold(asked(&hub, Some("7-1"))).unwrap();
    assert_eq!(read(&mut held).len(), 2, "a position and a reset");
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_cut_off_and_holds_up_nobody() {
    let hub = hub();
    let cut = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&cut);
    let count = Box::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let slow = hub.hold(Asked { cut: count, ..asked(&hub, None) }).unwrap();
    let mut quick = hub.hold(asked(&hub, None)).unwrap();
    for number in 1..=5 {
        tell(&hub, number, "notes", "a");
        let came = read(&mut quick);
        assert_eq!(came.last(), Some(&format!("7-{number}")));
    }
    assert_eq!((cut.load(Ordering::SeqCst), hub.figures().slow), (1, 1));
    let mut slow = slow;
    assert_eq!(read(&mut slow).len(), 1, "nothing after the end but where it began");
}

#[tokio::test]
async fn nobody_has_more_streams_than_one_may_and_places_are_given_back() {
    let hub = hub();
    let mut held: Vec<_> = (0..3).map(|_| hub.hold(asked(&hub, None)).unwrap()).collect();
    assert_eq!(hub.hold(asked(&hub, None)).unwrap_err(), NotHeld::OfOneCaller);
    let other = |name: &str| Asked { caller: Some(name.into()), ..asked(&hub, None) };
    held.push(hub.hold(other("u2")).unwrap());
    held.push(hub.hold(other("u3")).unwrap());
    assert_eq!(hub.hold(other("u4")).unwrap_err(), NotHeld::Full);
    assert_eq!((hub.figures().open_events, hub.figures().refused), (5, 2));
    held.clear();
    assert_eq!(hub.figures().open_events, 0);
    let mut last = hub.hold(asked(&hub, None)).unwrap();
    hub.close();
    assert_eq!(read(&mut last), ["alive 7-0"]);
    assert!(last.next().await.is_none());
    assert_eq!(hub.hold(asked(&hub, None)).unwrap_err(), NotHeld::Closing);
}

#[tokio::test]
async fn those_who_are_not_signed_in_leave_half_of_the_places_to_others() {
    let hub = hub();
    let nobody = || Asked { caller: None, ..asked(&hub, None) };
    let _held: Vec<_> = (0..3).map(|_| hub.hold(nobody()).unwrap()).collect();
    assert_eq!(hub.hold(nobody()).unwrap_err(), NotHeld::Full);
    hub.hold(asked(&hub, None)).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_says_where_it_is_and_ends_in_time() {
    let hub = hub();
    let until = SystemTime::now() + Duration::from_secs(50);
    let mut held = hub.hold(Asked { until: Some(until), ..asked(&hub, None) }).unwrap();
    tell(&hub, 1, "other", "a");
    let mut said = Vec::new();
    let begun = Instant::now();
    while let Some(item) = held.next().await {
        if let Item::Alive(position) = item {
            said.push(position.number);
        }
    }
    assert_eq!(said, [0, 1, 1]);
    assert!((49..=50).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

/// A service says that sessions of a user have ended.
fn end(hub: &Hub, number: u64, service: &str, sessions: &str) {
    let message = Message {
        id: format!("id{number}"),
        service: service.into(),
        channel: "sessions/u1".into(),
        event: "sessions-ended".into(),
        data: format!("{{\"session_ids\":{sessions}}}"),
    };
    hub.hear(Position { number, ..AT }, message);
}

fn in_session(hub: &Arc<Hub>, id: &str) -> Held {
    let session = Some(Session { service: "auth".into(), id: id.into() });
    hub.hold(Asked { session, caller: Some(id.into()), ..asked(hub, None) }).unwrap()
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_no_other() {
    let hub = hub();
    let (mut first, mut second, mut other) =
        (in_session(&hub, "s1"), in_session(&hub, "s2"), in_session(&hub, "s3"));
    let mut without = hub.hold(asked(&hub, None)).unwrap();
    // Another service has no say in it, and what can't be read says nothing.
    end(&hub, 1, "notes", "[\"s1\",\"s2\",\"s3\"]");
    end(&hub, 2, "auth", "7");
    end(&hub, 3, "auth", "[\"s1\",\"s2\",\"unknown\"]");
    for held in [&mut first, &mut second] {
        assert_eq!(read(held), ["alive 7-0"]);
        assert!(held.next().await.is_none());
    }
    // Who asked before the gateway knew of it is not held, either.
    let mut late = in_session(&hub, "s1");
    assert_eq!(read(&mut late), ["alive 7-3"]);
    assert!(late.next().await.is_none());
    tell(&hub, 4, "notes", "a");
    assert_eq!(read(&mut other), ["alive 7-0", "7-4"]);
    assert_eq!(read(&mut without), ["alive 7-0", "7-4"]);
    // Sessions may have ended that nobody has told of.
    hub.begin(Position { epoch: 8, number: 0 });
    assert!(other.next().await.is_none());
    assert_eq!(read(&mut without), ["reset 8-0"]);
}

#[tokio::test]
async fn an_event_stream_begins_with_the_services_answer_and_has_a_line_for_each_line_of_data() {
    let hub = hub();
    let held = hub.hold(asked(&hub, Some("7-0"))).unwrap();
    tell(&hub, 1, "notes", "a");
    hub.begin(Position { epoch: 8, number: 0 });
    let mut body = EventStream::new(Full::new(Bytes::from_static(b"data: first\n\n")), held);
    let mut text = String::new();
    while let Some(Some(frame)) = futures::FutureExt::now_or_never(body.frame()) {
        text.push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
    }
    let (first, rest) = text.split_once("retry: ").unwrap();
    assert_eq!(first, "data: first\n\n");
    let (_, rest) = rest.split_once('\n').unwrap();
    assert_eq!(
        rest,
        "id: 7-0\n\nid: 7-1\nevent: came\ndata: {\"number\":\ndata: 1}\n\nid: 8-0\nevent: reset\ndata: {}\n\n"
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_poll_answers_with_the_first_message_or_when_its_time_is_over() {
    let hub = hub();
    let text = |polled: crate::Polled| String::from_utf8(polled.into_bytes().to_vec()).unwrap();
    let held = hub.hold(asked(&hub, None)).unwrap();
    let waited = poll(held, Duration::from_secs(25)).await;
    assert_eq!(text(waited), r#"{"messages":[],"reset":false,"last_event_id":"7-0"}"#);

    let held = hub.hold(asked(&hub, Some("7-0"))).unwrap();
    let waiting = tokio::spawn(poll(held, Duration::from_secs(25)));
    tokio::task::yield_now().await;
    tell(&hub, 1, "notes", "a");
    let answer = text(waiting.await.unwrap());
    assert!(answer.starts_with(r#"{"messages":[{"id":"7-1","event":"came","data":{"number""#), "{answer}");
    assert!(answer.ends_with(r#""reset":false,"last_event_id":"7-1"}"#), "{answer}");

    // What is there already is given without waiting.
    let held = hub.hold(asked(&hub, Some("7-0"))).unwrap();
    assert!(text(poll(held, Duration::ZERO).await).contains("7-1"));
    let held = hub.hold(asked(&hub, Some("6-0"))).unwrap();
    assert_eq!(
        text(poll(held, Duration::ZERO).await),
        r#"{"messages":[],"reset":true,"last_event_id":"7-1"}"#
    );
}
