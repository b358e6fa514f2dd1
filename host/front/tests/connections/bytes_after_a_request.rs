//! RFC 9112, 2.2 and 9.3.2: whatever comes after a request holds up no answer.

use crate::listener::Listener;

const GET: &str = "GET /1 HTTP/1.1\r\nhost: x\r\n\r\n";
const NEXT: &str = "GET /2 HTTP/1.1\r\nhost: x\r\n\r\n";
const POST: &str = "POST /1 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc";
const CHUNKED: &str =
    "POST /1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
const WITH_TRAILER: &str =
    "POST /1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\na: b\r\n\r\n";
const FIRST: [(&str, &str); 4] =
    [(GET, "GET /1 "), (POST, "POST /1 abc"), (CHUNKED, "POST /1 abc"), (WITH_TRAILER, "POST /1 abc")];

#[tokio::test]
async fn any_beginning_of_the_next_request_holds_up_no_answer() {
    let listener = Listener::patient().await;
    for (first, body) in FIRST {
        for empty in ["", "\r\n", "\n", "\r\n\r\n"] {
            let next = format!("{empty}{NEXT}");
            for cut in 0..=next.len() {
                let (begun, rest) = next.split_at(cut);
                let mut connection = listener.connect().await;
                connection.send(format!("{first}{begun}")).await;
                assert_eq!(connection.answer().await.body, body, "{begun:?}");
                connection.send(rest).await;
                assert_eq!(connection.answer().await.body, "GET /2 ", "{begun:?}, then {rest:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_beginning_of_a_body_holds_up_no_answer_to_the_request_before() {
    let listener = Listener::patient().await;
    for second in [POST, CHUNKED, WITH_TRAILER] {
        for cut in 0..second.len() {
            let (begun, rest) = second.split_at(cut);
            let mut connection = listener.connect().await;
            connection.send(format!("{GET}{begun}")).await;
            assert_eq!(connection.answer().await.body, "GET /1 ", "{begun:?}");
            connection.send(rest).await;
            assert_eq!(connection.answer().await.body, "POST /1 abc", "{begun:?}, then {rest:?}");
        }
    }
}

#[tokio::test]
async fn requests_sent_together_are_answered_one_after_another() {
    let listener = Listener::patient().await;
    let mut connection = listener.connect().await;
    let requests: Vec<String> = (0..200).map(|number| NEXT.replace("/2", &format!("/{number}"))).collect();
    connection.send(requests.concat()).await;
    connection.send(CHUNKED).await;
    for number in 0..200 {
        assert_eq!(connection.answer().await.body, format!("GET /{number} "));
    }
    assert_eq!(connection.answer().await.body, "POST /1 abc");
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let listener = Listener::patient().await;
    let mut connection = listener.connect().await;
    for byte in [GET, "\r\n", CHUNKED, POST].concat().bytes() {
        connection.send([byte]).await;
    }
    for body in ["GET /1 ", "POST /1 abc", "POST /1 abc"] {
        assert_eq!(connection.answer().await.body, body);
    }
}

#[tokio::test]
async fn what_comes_after_the_last_request_does_not_lose_its_answer() {
    let listener = Listener::patient().await;
    let last = "GET /1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let much = "x".repeat(1 << 20);
    for after in ["\r\n", "GET /api", NEXT, "junk", &much] {
        let mut connection = listener.connect().await;
        connection.send(last).await;
        connection.send(after).await;
        assert_eq!(connection.answer().await.body, "GET /1 ", "{:?}", &after[..after.len().min(20)]);
        assert_eq!(connection.end().await, "");
    }
}

#[tokio::test]
async fn junk_after_a_request_is_refused_after_its_answer() {
    let listener = Listener::patient().await;
    for (first, body) in FIRST {
        let mut connection = listener.connect().await;
        connection.send(format!("{first}JUNK\r\n\r\n{NEXT}")).await;
        assert_eq!(connection.answer().await.body, body);
        assert_eq!(connection.answer().await.status, 400);
        assert_eq!(connection.end().await, "", "nothing after it is answered");
    }
}

#[tokio::test]
async fn half_a_request_before_the_end_is_refused_after_the_answer_before() {
    let listener = Listener::patient().await;
    let mut connection = listener.connect().await;
    connection.send(format!("{GET}GET /2 HT")).await;
    connection.finish().await;
    assert_eq!(connection.answer().await.body, "GET /1 ");
    let refused = connection.answer().await;
    assert_eq!(refused.status, 400);
    assert_eq!(connection.end().await, "");
}
