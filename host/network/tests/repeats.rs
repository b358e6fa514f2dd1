//! Calls that are made again: with the same body, where that is safe, and within the budget.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // That is how a test fails.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use lyceum_mesh::identity::RootSecret;
use lyceum_mesh::{Mesh, Outbound};
use lyceum_network::{
    BoxBody, Call, Fault, LONGEST_KEPT, Network, Transport, UNAVAILABLE as UNAVAILABLE_HEADER,
};

/// What the callee does with one call.
#[derive(Clone, Copy)]
enum Answer {
    /// Reads everything and answers so.
    Status(StatusCode),
    /// The same, since another service is away.
    Dependent(StatusCode),
    /// Reads so many frames, then is lost.
    LostAfter(usize),
}

/// A callee that does as it is told, then answers with 200, and notes what it read.
struct Callee {
    answers: Mutex<Vec<Answer>>,
    read: Mutex<Vec<Vec<u8>>>,
}

impl Callee {
    fn bodies(&self) -> Vec<Vec<u8>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Callee {
    type Error = Infallible;

    fn knows(&self, _: &str) -> bool {
        true
    }

    async fn answer(
        &self,
        _: &str,
        request: Request<BoxBody<Infallible>>,
        _: Call,
    ) -> Result<Response<BoxBody<Infallible>>, Fault> {
        let answer = {
            let mut answers = self.answers.lock().unwrap();
            if answers.is_empty() { Answer::Status(StatusCode::OK) } else { answers.remove(0) }
        };
        let mut body = request.into_body();
        let (mut read, mut frames) = (Vec::new(), 0);
        loop {
            if matches!(answer, Answer::LostAfter(most) if frames == most) {
                self.read.lock().unwrap().push(read);
                return Err(Fault::Lost("as told".into()));
            }
            let Some(frame) = body.frame().await else { break };
            read.extend_from_slice(&frame.unwrap().into_data().unwrap());
            frames += 1;
        }
        self.read.lock().unwrap().push(read);
        let mut response = Response::new(Empty::new().boxed_unsync());
        *response.status_mut() = match answer {
            Answer::Status(status) => status,
            Answer::Dependent(status) => {
                response.headers_mut().insert(UNAVAILABLE_HEADER, HeaderValue::from_static("lendings"));
                status
            }
            Answer::LostAfter(_) => return Err(Fault::Lost("as told".into())),
        };
        Ok(response)
    }
}

fn network(answers: &[Answer]) -> Network<Callee> {
    let mesh = Mesh::builder()
        .caller("saga", Outbound::parse(&["http://books.spin.internal"]).unwrap())
        .caller("books", Outbound::default())
        .build();
    let callee = Callee { answers: Mutex::new(answers.to_vec()), read: Mutex::default() };
    Network::new(mesh, RootSecret::new([7; 32]).keyring(), BTreeSet::new(), callee)
}

fn request(method: Method, key: Option<&str>, body: BoxBody<Infallible>) -> Request<BoxBody<Infallible>> {
    let mut request = Request::builder().method(method).uri("http://books.spin.internal/lendings");
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    request.body(body).unwrap()
}

fn whole(length: usize) -> BoxBody<Infallible> {
    Full::new(Bytes::from(pattern(length))).boxed_unsync()
}

/// A body that comes in pieces and doesn't say how long it is.
fn pieces(count: usize, each: usize) -> BoxBody<Infallible> {
    let all = Bytes::from(pattern(count * each));
    let frames = (0..count).map(move |index| Ok(Frame::data(all.slice(index * each..(index + 1) * each))));
    StreamBody::new(futures::stream::iter(frames)).boxed_unsync()
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect()
}

async fn send(network: &Network<Callee>, request: Request<BoxBody<Infallible>>) -> StatusCode {
    let call = Call { deadline: Instant::now() + Duration::from_secs(20), correlation_id: "c1".into() };
    network.send("saga", request, call).await.unwrap().status()
}

const UNAVAILABLE: Answer = Answer::Status(StatusCode::SERVICE_UNAVAILABLE);

#[tokio::test]
async fn a_callee_that_fails_once_gets_the_same_bytes_twice() {
    type Make = fn() -> BoxBody<Infallible>;
    let cases: [(Method, Option<&str>, usize, Make); 6] = [
        (Method::POST, Some("k1"), 1000, || whole(1000)),
        (Method::PUT, None, 1000, || whole(1000)),
        (Method::DELETE, None, 10, || whole(10)),
        (Method::PATCH, Some("k1"), 3000, || pieces(10, 300)),
        (Method::PUT, None, 64 << 10, || pieces(64, 1024)),
        (Method::GET, None, 0, || whole(0)),
    ];
    for (method, key, length, make) in cases {
        for failure in [UNAVAILABLE, Answer::LostAfter(usize::MAX)] {
            let network = network(&[failure]);
            let sent = send(&network, request(method.clone(), key, make())).await;
            assert_eq!(sent, StatusCode::OK, "{method}");
            assert_eq!(network.transport().bodies(), [pattern(length), pattern(length)], "{method}");
        }
    }
}

#[tokio::test]
async fn a_body_that_was_half_read_is_read_from_its_beginning_again() {
    for frames in [0, 1, 5, 9, 10] {
        let network = network(&[Answer::LostAfter(frames), Answer::LostAfter(frames / 2)]);
        assert_eq!(send(&network, request(Method::PUT, None, pieces(10, 100))).await, StatusCode::OK);
        let expected = [pattern(frames * 100), pattern(frames / 2 * 100), pattern(1000)];
        assert_eq!(network.transport().bodies(), expected, "{frames}");
    }
}

#[tokio::test]
async fn a_body_over_the_cap_is_sent_once_and_as_it_is() {
    let longest = usize::try_from(LONGEST_KEPT).unwrap();
    for make in [|| whole(usize::try_from(LONGEST_KEPT).unwrap() + 1), || pieces(65, 1024)] {
        let network = network(&[UNAVAILABLE]);
        let sent = send(&network, request(Method::PUT, None, make())).await;
        assert_eq!(sent, StatusCode::SERVICE_UNAVAILABLE);
        let bodies = network.transport().bodies();
        assert_eq!(bodies.len(), 1);
        assert!(bodies[0].len() > longest && bodies[0] == pattern(bodies[0].len()));
    }
    let network = network(&[UNAVAILABLE]);
    assert_eq!(send(&network, request(Method::PUT, None, whole(longest))).await, StatusCode::OK);
}

#[tokio::test]
async fn a_long_body_that_was_hardly_read_is_still_repeatable_and_then_streams_whole() {
    let network = network(&[Answer::LostAfter(3)]);
    assert_eq!(send(&network, request(Method::PUT, None, pieces(100, 1024))).await, StatusCode::OK);
    assert_eq!(network.transport().bodies(), [pattern(3 * 1024), pattern(100 * 1024)]);
}

#[tokio::test]
async fn what_may_not_arrive_twice_is_sent_once() {
    for method in [Method::POST, Method::PATCH] {
        let network = network(&[UNAVAILABLE]);
        let sent = send(&network, request(method, None, whole(10))).await;
        assert_eq!(sent, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(network.transport().bodies().len(), 1);
    }
}

#[tokio::test]
async fn a_call_is_made_three_times_at_most() {
    let network = network(&[UNAVAILABLE; 10]);
    let sent = send(&network, request(Method::POST, Some("k1"), whole(10))).await;
    assert_eq!(sent, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(network.transport().bodies(), vec![pattern(10); 3]);
}

#[tokio::test]
async fn a_callee_that_waits_for_another_is_asked_again_and_again_and_one_that_fails_is_left_alone() {
    const CALLS: usize = 60;
    let passing = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
    for status in passing {
        let network = network(&[Answer::Dependent(status); CALLS]);
        for _ in 0..CALLS {
            assert_eq!(send(&network, request(Method::POST, None, whole(10))).await, status);
        }
        assert_eq!(network.transport().bodies().len(), CALLS, "{status}");
    }
    // Neither without the header, nor with a status of its own fault.
    for failing in [Answer::Status(passing[0]), Answer::Dependent(StatusCode::INTERNAL_SERVER_ERROR)] {
        let network = network(&[failing; CALLS]);
        for _ in 0..CALLS {
            send(&network, request(Method::POST, None, whole(10))).await;
        }
        assert!(network.transport().bodies().len() < CALLS);
    }
}

#[tokio::test(start_paused = true)]
async fn repeats_with_a_body_stay_within_the_budget() {
    const CALLS: usize = 200;
    let network = network(&[]);
    // Half of the calls fail at first, which is short of what opens the breaker.
    for index in 0..CALLS {
        if index % 2 == 0 {
            network.transport().answers.lock().unwrap().push(UNAVAILABLE);
        }
        send(&network, request(Method::POST, Some("k1"), whole(10))).await;
    }
    let destinations = network.mesh().snapshot().destinations;
    let books = destinations.iter().find(|destination| destination.name == "books").unwrap();
    let repeats = network.transport().bodies().len() - CALLS;
    assert_eq!(u64::try_from(repeats).unwrap(), books.retries);
    // A fifth of the calls and ten a second for ten seconds.
    assert!(repeats <= CALLS / 5 + 100, "{repeats}");
    assert!(repeats > 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_repeated() {
    let broken = StreamBody::new(futures::stream::iter([
        Ok(Frame::data(Bytes::from_static(b"abc"))),
        Err(std::io::Error::other("gone")),
    ]));
    let request = Request::put("http://books.spin.internal/").body(broken.boxed_unsync()).unwrap();
    let (request, again) = lyceum_network::Repeatable::of(request);
    assert!(request.into_body().collect().await.is_err());
    assert!(again.unwrap().request().is_none());
}

#[tokio::test]
async fn a_body_that_somebody_still_reads_is_not_taken_from_them() {
    let (request, again) = lyceum_network::Repeatable::of(request(Method::PUT, None, pieces(2, 10)));
    let again = again.unwrap();
    let mut body = request.into_body();
    body.frame().await.unwrap().unwrap();
    assert!(again.request().is_none());
    drop(body);
    let mut body = again.request().unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    drop(again);
    assert_eq!(body.collect().await.unwrap().to_bytes(), pattern(20)[10..]);
}
