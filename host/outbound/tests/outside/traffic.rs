//! What goes out, and what comes back.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use lyceum_outbound::{Failure, Settings, Trace};

use crate::server::Server;
use crate::{asked, get, outside, reaching, request, text};

#[tokio::test]
async fn tls_is_spoken_with_whom_the_operators_authority_signed_in_either_version_of_http() {
    for (protocols, version) in
        [(&["h2", "http/1.1"][..], Version::HTTP_2), (&["http/1.1"], Version::HTTP_11)]
    {
        let server = Server::https("localhost", protocols).await;
        let client = outside(&["https://localhost:*"], reaching("localhost", Some(&server.authority)));
        for _ in 0..3 {
            let uri = format!("https://localhost:{}/", server.port);
            let sent = client.send("caller", request(Method::POST, &uri, "a body"), asked()).await.unwrap();
            assert_eq!(sent.status(), StatusCode::OK);
            text(sent).await.unwrap();
        }
        let seen = server.log.seen();
        assert!(seen.iter().all(|seen| seen.version == version && seen.body == "a body"), "{seen:?}");
        // Connections are used again.
        assert_eq!((seen.len(), server.log.connections()), (3, 1), "{version:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_the_hosts_is_refused() {
    let named_otherwise = Server::https("example.org", &[]).await;
    let settings = reaching("localhost", Some(&named_otherwise.authority));
    let client = outside(&["https://localhost:*"], settings);
    let refused = get(&client, &format!("https://localhost:{}/", named_otherwise.port)).await.unwrap_err();
    assert!(matches!(refused, Failure::Certificate(_)), "{refused:?}");

    let of_a_stranger = Server::https("localhost", &[]).await;
    let refused = get(&client, &format!("https://localhost:{}/", of_a_stranger.port)).await.unwrap_err();
    assert!(matches!(refused, Failure::Certificate(_)), "{refused:?}");
    let by_the_system = outside(&["https://localhost:*"], reaching("localhost", None));
    let refused =
        get(&by_the_system, &format!("https://localhost:{}/", of_a_stranger.port)).await.unwrap_err();
    assert!(matches!(refused, Failure::Certificate(_)), "{refused:?}");
    assert!(named_otherwise.log.seen().is_empty() && of_a_stranger.log.seen().is_empty());

    let plain = Server::http().await;
    let refused = get(&client, &format!("https://localhost:{}/", plain.port)).await.unwrap_err();
    assert!(matches!(refused, Failure::Tls(_)), "{refused:?}");
}

#[tokio::test]
async fn a_body_streams_both_ways_at_once() {
    let server = Server::https("localhost", &["h2"]).await;
    let client = outside(&["https://localhost:*"], reaching("localhost", Some(&server.authority)));
    let (mut sender, receiver) = futures::channel::mpsc::channel::<Result<Frame<Bytes>, Infallible>>(0);
    let body = StreamBody::new(receiver).boxed_unsync();
    let uri = format!("https://localhost:{}/echo", server.port);
    let mut answer = client.send("caller", Request::post(&uri).body(body).unwrap(), asked()).await.unwrap();
    for piece in ["one", "two", "three"] {
        // The next piece is made only when the one before came back.
        let sent = futures::SinkExt::send(&mut sender, Ok(Frame::data(Bytes::from_static(piece.as_bytes()))));
        sent.await.unwrap();
        assert_eq!(answer.body_mut().frame().await.unwrap().unwrap().into_data().unwrap(), piece);
    }
    drop(sender);
    // Its end may come with a last frame that holds nothing.
    while let Some(frame) = answer.body_mut().frame().await {
        assert!(frame.unwrap().into_data().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server = Server::http().await;
    let client = outside(&["http://*:*"], reaching("127.0.0.1", None));
    let answer = get(&client, &format!("http://127.0.0.1:{}/redirect", server.port)).await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["location"]),
        (StatusCode::FOUND, &"/elsewhere".parse().unwrap())
    );
    assert_eq!(server.log.seen().len(), 1);
}

#[tokio::test]
async fn nothing_of_ours_goes_outside_or_comes_from_there() {
    let server = Server::http().await;
    let uri = format!("http://127.0.0.1:{}/speaks-as-us", server.port);
    for (trace, is_told) in [(Trace::Kept, false), (Trace::Told, true)] {
        let client = outside(&["http://*:*"], Settings { trace, ..reaching("127.0.0.1", None) });
        let mut sent = request(Method::POST, &uri, "");
        for name in
            ["lyceum-identity", "lyceum-deadline", "x-correlation-id", "traceparent", "x-forwarded-for"]
        {
            sent.headers_mut().insert(name, "inside".parse().unwrap());
        }
        sent.headers_mut().insert("authorization", "Bearer theirs".parse().unwrap());
        sent.headers_mut().insert("host", "elsewhere.example".parse().unwrap());
        let answer = client.send("caller", sent, asked()).await.unwrap();
        assert!(!answer.headers().contains_key("lyceum-identity") && answer.headers().contains_key("x-own"));
        let seen = server.log.seen().pop().unwrap().headers;
        let inside: Vec<_> =
            seen.iter().filter(|(_, value)| *value == "inside").map(|(name, _)| name).collect();
        assert_eq!(inside, if is_told { vec!["traceparent"] } else { vec![] });
        assert_eq!(seen["authorization"], "Bearer theirs");
        assert_eq!(seen["host"], format!("127.0.0.1:{}", server.port));
    }
}

#[tokio::test]
async fn what_may_arrive_twice_is_sent_again_with_the_same_bytes() {
    let again = Server::http().await;
    let client = outside(&["http://*:*"], reaching("127.0.0.1", None));
    let mut sent = request(Method::POST, &format!("http://127.0.0.1:{}/lost-once", again.port), "charge 5");
    sent.headers_mut().insert("idempotency-key", "k1".parse().unwrap());
    assert_eq!(client.send("caller", sent, asked()).await.unwrap().status(), StatusCode::OK);
    let bodies: Vec<_> = again.log.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, ["charge 5", "charge 5"]);

    let once = Server::http().await;
    let sent = request(Method::POST, &format!("http://127.0.0.1:{}/lost-once", once.port), "charge 5");
    let lost = client.send("caller", sent, asked()).await.unwrap_err();
    assert!(matches!(lost, Failure::Lost(_)), "{lost:?}");
    assert_eq!(once.log.seen().len(), 1);

    for (path, times) in [("busy", 3), ("busy-for-long", 1)] {
        let busy = Server::http().await;
        let answer = get(&client, &format!("http://127.0.0.1:{}/{path}", busy.port)).await.unwrap();
        assert_eq!(
            (answer.status(), busy.log.seen().len()),
            (StatusCode::SERVICE_UNAVAILABLE, times),
            "{path}"
        );
    }
}
