//! How long and how much.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use lyceum_outbound::{Failure, Settings};

use crate::server::Server;
use crate::{Client, asked, asked_within, get, outside, reaching, request, text};

const SHORT: Duration = Duration::from_millis(300);

fn client(settings: Settings) -> Client {
    outside(&["*://*:*"], settings)
}

fn local() -> Settings {
    reaching("127.0.0.0/8,localhost", None)
}

#[tokio::test]
async fn a_call_ends_by_its_deadline_by_the_limit_and_by_the_callers_patience_for_the_head() {
    let server = Server::http().await;
    let uri = format!("http://127.0.0.1:{}/silent", server.port);
    let total = Settings { total: SHORT, ..local() };
    let mut impatient = asked();
    impatient.first_byte = Some(SHORT);
    for (settings, asked) in [(local(), asked_within(SHORT)), (total, asked()), (local(), impatient)] {
        let start = Instant::now();
        let ended = client(settings).send("caller", request(Method::POST, &uri, ""), asked).await;
        assert_eq!(ended.unwrap_err(), Failure::Deadline);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
    let late =
        client(local()).send("caller", request(Method::POST, &uri, ""), asked_within(Duration::ZERO)).await;
    assert_eq!(late.unwrap_err(), Failure::Deadline);
    assert_eq!(server.log.seen().len(), 3);
}

#[tokio::test]
async fn a_body_that_does_not_come_to_its_end_ends_by_the_deadline() {
    let server = Server::http().await;
    let uri = format!("http://127.0.0.1:{}/half", server.port);
    let mut asked = asked_within(Duration::from_secs(1));
    // This is for the head alone.
    asked.first_byte = Some(Duration::from_millis(900));
    let answer = client(local()).send("caller", request(Method::GET, &uri, ""), asked).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(text(answer).await.unwrap_err(), Failure::BodyDeadline);
}

#[tokio::test]
async fn an_answer_has_a_largest_size_whether_it_says_its_own_or_not() {
    let server = Server::http().await;
    let uri = |path: &str| format!("http://127.0.0.1:{}/{path}", server.port);
    let strict = client(Settings { response_body: 4096, ..local() });
    assert_eq!(get(&strict, &uri("said-long")).await.unwrap_err(), Failure::BodyTooLarge(4096));
    let unsaid = get(&strict, &uri("long")).await.unwrap();
    assert_eq!(text(unsaid).await.unwrap_err(), Failure::BodyTooLarge(4096));
    let head = strict.send("caller", request(Method::HEAD, &uri("said-long"), ""), asked()).await.unwrap();
    assert_eq!(head.headers()["content-length"], "10240");
    let enough = client(Settings { response_body: 10 << 10, ..local() });
    assert_eq!(text(get(&enough, &uri("long")).await.unwrap()).await.unwrap().len(), 10 << 10);
}

#[tokio::test]
async fn a_host_that_fails_is_left_alone_for_a_while() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = listener.local_addr().unwrap().port();
    drop(listener);
    let client = client(local());
    let uri = format!("http://127.0.0.1:{gone}/");
    let mut refused = 0;
    let left_alone = loop {
        match client.send("caller", request(Method::POST, &uri, ""), asked()).await.unwrap_err() {
            Failure::Refused => refused += 1,
            other => break other,
        }
        assert!(refused <= 40, "the breaker never opened");
    };
    assert_eq!(left_alone, Failure::LeftAlone);
    assert_eq!(refused, 20);
    // Others are not.
    let other = Server::http().await;
    assert!(get(&client, &format!("http://127.0.0.1:{}/", other.port)).await.is_ok());
}

#[tokio::test]
async fn only_so_many_calls_of_a_host_are_in_flight() {
    let server = Server::http().await;
    let name = format!("http://127.0.0.1:{}", server.port);
    let mesh = lyceum_mesh::Mesh::builder()
        .caller("caller", lyceum_mesh::Outbound::parse(&["*://*:*"]).unwrap())
        .limit(&name, std::num::NonZeroUsize::MIN)
        .build();
    let client = Client::new(mesh, local()).unwrap();
    let unread = get(&client, &format!("{name}/half")).await.unwrap();
    assert_eq!(get(&client, &format!("{name}/")).await.unwrap_err(), Failure::Busy);
    drop(unread);
    assert!(get(&client, &format!("{name}/")).await.is_ok());
}

#[tokio::test]
async fn a_connection_that_is_not_made_in_time_is_given_up() {
    // It never accepts, and takes no more than its queue holds: the TLS handshake has no answer.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let hurried = client(Settings { connect: SHORT, ..local() });
    let sent = request(Method::POST, &format!("https://127.0.0.1:{port}/"), "");
    assert_eq!(hurried.send("caller", sent, asked()).await.unwrap_err(), Failure::ConnectTimeout);
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_apart() {
    let failure = get(&client(local()), "http://nobody.invalid/").await.unwrap_err();
    assert!(matches!(failure, Failure::Name(_) | Failure::NameTimeout), "{failure:?}");
}

#[tokio::test]
async fn connect_and_trace_to_a_host_outside_are_refused() {
    for method in [Method::CONNECT, Method::TRACE] {
        let sent = client(local()).send("caller", request(method, "http://127.0.0.1/", ""), asked()).await;
        assert!(matches!(sent.unwrap_err(), Failure::Request(_)));
    }
}
