//! Answers that a component leaves to be held: server-sent events and long polls.

use std::sync::Arc;
use std::time::Duration;

use lyceum_front::FrontOptions;
use lyceum_live::{Hub, Message, Options, Position};

use crate::listener::{Connection, Listener};

const PATIENCE: Duration = Duration::from_mins(1);

async fn holding(options: Options) -> (Listener, Arc<Hub>) {
    let hub = Hub::new(options);
    hub.begin(Position { epoch: 1, number: 0 });
    let live = Some(Arc::clone(&hub));
    let options = FrontOptions { head_patience: PATIENCE, live, ..FrontOptions::default() };
    (Listener::with(options).await, hub)
}

fn tell(hub: &Hub, number: u64, data: &str) {
    let message = Message {
        id: format!("id{number}"),
        service: "echo".into(),
        channel: "a".into(),
        event: "came".into(),
        data: data.into(),
    };
    hub.hear(Position { epoch: 1, number }, message);
}

async fn ask(listener: &Listener, path: &str, more: &str) -> Connection {
    let mut connection = listener.connect().await;
    connection.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n")).await;
    connection
}

#[tokio::test]
async fn a_held_stream_goes_on_with_each_message_and_tells_nothing_of_how_it_is_held() {
    let (listener, hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/stream/a", "").await;
    let head = connection.until("\r\n\r\n").await.to_ascii_lowercase();
    assert!(head.contains("200 ok") && head.contains("content-type: text/event-stream"), "{head}");
    assert!(!head.contains("grip") && !head.contains("content-length"), "{head}");
    let begun = connection.until("id: 1-0\n\n").await;
    assert!(begun.contains("GET /hold/stream/a") && begun.contains("retry: "), "{begun}");
    for number in 1..=3 {
        tell(&hub, number, "{}");
        connection.until(&format!("id: 1-{number}\nevent: came\ndata: {{}}\n\n")).await;
    }
}

#[tokio::test]
async fn who_comes_back_is_told_what_was_missed() {
    let (listener, hub) = holding(Options::default()).await;
    tell(&hub, 1, "1");
    tell(&hub, 2, "2");
    for (path, more) in
        [("/hold/stream/a", "last-event-id: 1-1\r\n"), ("/hold/stream/a?x=1&last_event_id=1-1", "")]
    {
        let came = ask(&listener, path, more).await.until("data: 2\n\n").await;
        assert!(!came.contains("reset") && !came.contains("data: 1"), "{came}");
    }
    let mut lost = ask(&listener, "/hold/stream/a", "last-event-id: 0-1\r\n").await;
    lost.until("event: reset\ndata: {}\n\n").await;
}

#[tokio::test]
async fn a_long_poll_is_one_answer_and_the_connection_goes_on() {
    let (listener, hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/response/a", "").await;
    let empty = connection.answer().await;
    assert_eq!(empty.body, r#"{"messages":[],"reset":false,"last_event_id":"1-0"}"#);
    tell(&hub, 1, "7");
    connection.send("GET /hold/response/a HTTP/1.1\r\nhost: x\r\nlast-event-id: 1-0\r\n\r\n").await;
    let answer = connection.answer().await;
    assert!(answer.head.contains("content-type: application/json"), "{answer:?}");
    assert!(answer.body.contains(r#"{"id":"1-1","event":"came","data":7}"#), "{answer:?}");
}

#[tokio::test]
async fn a_bare_long_poll_is_the_last_messages_data_or_no_content() {
    let (listener, hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/response/a?bare", "").await;
    let empty = connection.answer().await;
    assert_eq!((empty.status, empty.body.as_str()), (204, ""));
    assert!(!empty.head.contains("content-type") && !empty.head.contains("grip"), "{empty:?}");
    tell(&hub, 1, "6");
    tell(&hub, 2, "7");
    connection.send("GET /hold/response/a?bare HTTP/1.1\r\nhost: x\r\nlast-event-id: 1-0\r\n\r\n").await;
    let answer = connection.answer().await;
    assert!(answer.head.contains("content-type: application/json"), "{answer:?}");
    assert_eq!((answer.status, answer.body.as_str()), (200, "7"));
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_place_back() {
    let (listener, hub) = holding(Options { streams: 1, ..Options::default() }).await;
    let mut first = ask(&listener, "/hold/stream/a", "").await;
    first.until("id: 1-0").await;
    let refused = ask(&listener, "/hold/stream/a", "").await.answer().await;
    assert_eq!(refused.status, 503);
    assert!(refused.head.contains("retry-after: 5") && refused.body.contains("STREAMS_FULL"), "{refused:?}");
    drop(first);
    while hub.figures().open_events > 0 {
        tokio::task::yield_now().await;
    }
    ask(&listener, "/hold/stream/a", "").await.until("id: 1-0").await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off_and_the_others_read_on() {
    let (listener, hub) = holding(Options { queue: 4, ..Options::default() }).await;
    let mut stuck = ask(&listener, "/hold/stream/a", "").await;
    stuck.until("id: 1-0").await;
    let mut reads = ask(&listener, "/hold/stream/a", "").await;
    reads.until("id: 1-0").await;
    let data = format!("\"{}\"", "x".repeat(1 << 20));
    let mut number = 0;
    while hub.figures().slow == 0 {
        number += 1;
        assert!(number < 1_000, "a gigabyte was sent to a client that reads nothing");
        tell(&hub, number, &data);
        reads.until(&format!("id: 1-{number}\n")).await;
    }
    while hub.figures().open_events > 1 {
        tokio::task::yield_now().await;
    }
    tell(&hub, number + 1, "{}");
    reads.until(&format!("id: 1-{}\n", number + 1)).await;
}

#[tokio::test]
async fn a_host_that_stops_ends_its_streams_in_order() {
    let (listener, _hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/stream/a", "").await;
    connection.until("id: 1-0\n\n").await;
    listener.stop.cancel();
    assert!(connection.end().await.ends_with("0\r\n\r\n"), "the last chunk");
}

#[tokio::test]
async fn where_nothing_is_held_an_answer_that_is_to_be_is_a_problem() {
    let listener = Listener::patient().await;
    let answer = ask(&listener, "/hold/stream/a", "").await.answer().await;
    assert_eq!(answer.status, 501);
    assert!(answer.body.contains("STREAMS_NOT_KEPT"), "{answer:?}");
    let wrong = ask(&listener, "/hold/for-ever/a", "").await.answer().await;
    assert_eq!(wrong.status, 500);
}

#[tokio::test]
async fn an_answer_to_head_is_not_held() {
    let (listener, hub) = holding(Options::default()).await;
    let mut connection = listener.connect().await;
    connection.send("HEAD /hold/stream/a HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let answer = connection.answer_to("HEAD").await;
    assert!(answer.status == 200 && !answer.head.contains("grip"), "{answer:?}");
    assert_eq!(hub.figures().open_events, 0);
}

const UPGRADE: &str = "connection: keep-alive, Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                       sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A whole frame of a client: masked, with a mask of zeros.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap() | 0x80;
    [&[opcode | 0x80, length, 0, 0, 0, 0][..], payload].concat()
}

#[tokio::test]
async fn a_client_that_asks_for_a_websocket_gets_each_message_as_a_text() {
    let (listener, hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/stream/a", UPGRADE).await;
    let head = connection.until("\r\n\r\n").await.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101 "), "{head}");
    // The example of RFC 6455, section 1.3.
    assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    connection.until(r#"{"id":"1-0","event":"alive","data":{}}"#).await;
    tell(&hub, 1, "[1]");
    connection.until(r#"{"id":"1-1","event":"came","data":[1]}"#).await;
    connection.send(frame(0x9, b"there?")).await;
    connection.until("there?").await;
    assert_eq!(hub.figures().open_websockets, 1);
    // Whoever has something to say is told how.
    connection.send(frame(0x1, b"hello")).await;
    connection.until("this only tells: send a request to say something").await;
    connection.send(frame(0x8, &1003_u16.to_be_bytes())).await;
    assert_eq!(connection.end().await, "");
    assert_eq!(hub.figures().open_websockets, 0);
}

#[tokio::test]
async fn a_websocket_of_another_version_is_refused_and_the_spoken_one_is_named() {
    let (listener, hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/stream/a", &UPGRADE.replace("13", "12")).await;
    let answer = connection.answer().await;
    let head = answer.head.to_ascii_lowercase();
    assert_eq!(answer.status, 426, "{answer:?}");
    assert!(head.contains("sec-websocket-version: 13") && head.contains("upgrade: websocket"), "{head}");
    assert!(answer.body.contains("WEBSOCKET_VERSION"), "{answer:?}");
    assert_eq!(hub.figures().open_events, 0);
}

#[tokio::test]
async fn a_host_that_stops_says_so_to_websockets() {
    let (listener, _hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/hold/stream/a", UPGRADE).await;
    connection.until("alive").await;
    listener.stop.cancel();
    connection.until("come again").await;
}

#[tokio::test]
async fn an_answer_that_is_not_to_be_held_is_an_ordinary_one_whatever_the_client_asked_for() {
    let (listener, _hub) = holding(Options::default()).await;
    let mut connection = ask(&listener, "/plain", UPGRADE).await;
    assert_eq!(connection.answer().await.status, 200);
    connection.send("GET /again HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(connection.answer().await.body, "GET /again ");
}
