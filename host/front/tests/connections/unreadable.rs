//! RFC 9112, 3; RFC 6585, 5: who sends what can't be read is told so, in the form of every other problem.

use serde_json::Value;

use crate::listener::{Answer, Listener};

fn problem(answer: &Answer) -> Value {
    assert!(answer.head.contains("content-type: application/problem+json\r\n"), "{answer:?}");
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], answer.status);
    assert_eq!(problem["service_name"], "echo");
    let id = problem["correlation_id"].as_str().unwrap();
    assert!(answer.head.contains(&format!("x-correlation-id: {id}\r\n")), "{answer:?}");
    problem
}

#[tokio::test]
async fn what_can_not_be_read_is_a_problem_and_the_connection_ends() {
    let listener = Listener::patient().await;
    let fields = "x: 1\r\n".repeat(120);
    for (request, status, code) in [
        ("GARBAGE\r\n\r\n".to_owned(), 400, "MALFORMED_REQUEST"),
        ("GET /\r\n\r\n".into(), 400, "MALFORMED_REQUEST"),
        ("GET / HTTP/1.1\r\nhost : x\r\n\r\n".into(), 400, "MALFORMED_REQUEST"),
        ("\x16\x03\x01\x02\0\x01\0\x01\u{7f}\x03\x03".into(), 400, "MALFORMED_REQUEST"),
        (format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n"), 431, "HEADERS_TOO_LARGE"),
        (
            format!("GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n", "b".repeat(2 << 20)),
            431,
            "HEADERS_TOO_LARGE",
        ),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70_000)), 414, "TARGET_TOO_LONG"),
        ("GET / HTTP/2.0\r\nhost: x\r\n\r\n".into(), 505, "VERSION_NOT_SUPPORTED"),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".into(), 400, "MALFORMED_REQUEST"),
        (
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n".into(),
            400,
            "MALFORMED_REQUEST",
        ),
        (
            "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n".into(),
            501,
            "TRANSFER_ENCODING_UNKNOWN",
        ),
    ] {
        let mut connection = listener.connect().await;
        connection.send(&request).await;
        let answer = connection.answer().await;
        assert_eq!(answer.status, status, "{:?}", request.chars().take(60).collect::<String>());
        assert!(answer.head.contains("connection: close\r\n"), "{answer:?}");
        assert_eq!(problem(&answer)["error_code"], code);
        assert_eq!(connection.end().await, "");
    }
}

#[tokio::test]
async fn a_request_has_exactly_one_host() {
    let listener = Listener::patient().await;
    for (hosts, status) in [
        ("host: x\r\n", 200),
        ("host: [::1]:8080\r\n", 200),
        ("", 400),
        ("host: a\r\nhost: b\r\n", 400),
        ("host: a\r\nhost: a\r\n", 400),
        ("host: a b\r\n", 400),
        ("host: me@x\r\n", 400),
        ("host: x/y\r\n", 400),
    ] {
        for target in ["/here", "http://x/here"] {
            let mut connection = listener.connect().await;
            connection.send(format!("GET {target} HTTP/1.1\r\n{hosts}\r\n")).await;
            let answer = connection.answer().await;
            assert_eq!(answer.status, status, "{target} with {hosts:?}");
            if status == 400 {
                assert_eq!(problem(&answer)["instance"], "/here");
            }
        }
    }
}

#[tokio::test]
async fn a_head_request_is_refused_without_a_body() {
    let listener = Listener::patient().await;
    let mut connection = listener.connect().await;
    connection.send("HEAD /a HTTP/1.1\r\nhost : x\r\n\r\n").await;
    let answer = connection.answer_to("HEAD").await;
    assert_eq!(answer.status, 400);
    assert!(!answer.head.contains("content-length: 0\r\n"), "{answer:?}");
    assert_eq!(connection.end().await, "");
}

#[tokio::test]
async fn chunks_that_are_wrong_break_the_body_and_end_the_connection() {
    let listener = Listener::patient().await;
    let mut connection = listener.connect().await;
    let head = "POST /1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    connection.send(format!("{head}zz\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    assert_eq!(connection.answer().await.body, "POST /1 broken");
    assert_eq!(connection.end().await, "");
}
