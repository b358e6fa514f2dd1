//! Streams and long polls that the host keeps for a service: notifications' inbox, as it happens.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::stream::{self, StreamExt, TryStreamExt};
use lyceum_end_to_end::client::streams::{Events, INBOX as STREAM};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::{NatsServer, RedisServer};
use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than a host would want to have instances, connections to a database or threads for.
const MANY: usize = 2_000;

/// Where the host is now.
async fn position(person: &Person) -> Result<String> {
    until("the host hears the bus", PATIENCE, || person.position(STREAM)).await
}

/// The id of the first message in somebody's inbox.
async fn message(person: &Person) -> Result<String> {
    until("the welcome is there", PATIENCE, || async {
        let list = person.get("/api/v1/notifications").await?.expect(200)?.json()?;
        Ok(list["items"][0]["id"].as_str().map(str::to_owned))
    })
    .await
}

async fn started() -> Result<(Lyceum, Person)> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    Ok((lyceum, admin))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_its_owner_of_a_message_and_nobody_else() -> Result<()> {
    let (lyceum, admin) = started().await?;
    let client = lyceum.client()?;
    let before = position(&admin).await?;
    let mut others = Events::open(&admin, STREAM, Some(&before)).await?;
    let (ada, bob) = (client.newcomer("Ada").await?, client.newcomer("Bob").await?);
    for person in [&ada, &bob] {
        let arrived = Events::open(person, STREAM, Some(&before)).await?.named().await?;
        ensure!(arrived.name == "message-arrived", "{arrived:?}");
        let data: Value = serde_json::from_str(&arrived.data)?;
        ensure!(data["id"] == message(person).await?.as_str(), "{arrived:?}");
        // Who comes back with the id of what they had gets it no second time.
        let again = person.wait_for(STREAM, 0, Some(&arrived.id)).await?;
        ensure!(again["messages"] == serde_json::json!([]) && again["reset"] == false, "{again}");
        let answer = person.wait_for(STREAM, 20, Some(&before)).await?;
        ensure!(answer["messages"][0]["data"]["id"] == data["id"], "{answer}");
    }
    // All of it was told by now, and nothing of it to somebody else.
    let answer = admin.wait_for(STREAM, 0, Some(&before)).await?;
    ensure!(answer["messages"] == serde_json::json!([]), "{answer}");
    let first = others.next().await?.context("a position")?;
    ensure!(first.name.is_empty() && first.id == before, "{first:?}");
    client.get(STREAM).await?.expect_problem(401)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_says_of_holding_is_not_heard() -> Result<()> {
    let (_lyceum, admin) = started().await?;
    for path in ["/api/v1/notifications", "/api/v1/users/me"] {
        let request = admin
            .request(Method::GET, path)
            .header("grip-hold", "stream")
            .header("grip-channel", "inbox/somebody")
            .header("lyceum-live", "notifications; caller=somebody");
        let answer = Answer::to(request).await?;
        ensure!(answer.header("content-type").is_some_and(|kind| kind.ends_with("json")), "{answer}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_counted_limited_and_end_in_time() -> Result<()> {
    let setup = Setup::of(Backend::Sqlite)?
        .with_variable("LYCEUM_LIVE_LONGEST", "2")
        .with_variable("LYCEUM_LIVE_STREAMS_OF_ONE", "2");
    let mut lyceum = Lyceum::start(setup).await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let began = Instant::now();
    let mut first = Events::open(&admin, STREAM, None).await?;
    let _second = Events::open(&admin, STREAM, None).await?;
    let third = admin.get(STREAM).await?;
    if began.elapsed() < Duration::from_secs(2) {
        let problem = third.expect_problem(429)?;
        ensure!(problem["error_code"] == "TOO_MANY_STREAMS", "{problem}");
        let metrics = lyceum.operators()?.get("/metrics").await?.expect(200)?;
        let text = String::from_utf8_lossy(&metrics.body).into_owned();
        ensure!(text.contains("lyceum_live_open{form=\"events\"}"), "{text}");
    }
    while first.next().await?.is_some() {}
    ensure!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    // A stream that is open doesn't hold up a stop.
    let _open = Events::open(&admin, STREAM, None).await?;
    lyceum.terminate()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_after_a_restart_is_told_to_read_anew() -> Result<()> {
    let (mut lyceum, admin) = started().await?;
    let before = position(&admin).await?;
    lyceum.terminate()?;
    lyceum.restart(&[]).await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let reset = Events::open(&admin, STREAM, Some(&before)).await?.named().await?;
    ensure!(reset.name == "reset" && reset.id != before, "{reset:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_host_commits_the_others_tell_and_positions_are_known_to_all() -> Result<()> {
    let (nats, redis) = (NatsServer::start()?, RedisServer::start()?);
    let mail = tempfile::tempdir()?;
    let setup = Setup::of(Backend::Postgres)?
        .with_variable("LYCEUM_EVENTS", &nats.url())
        .with_variable("LYCEUM_KEYVALUE", &redis.url())
        .with_variable("LYCEUM_MAIL", &format!("file:{}", mail.path().display()))
        .with_variable("LYCEUM_ROOT_SECRET", "bHljZXVtLXRlc3QtbHljZXVtLXRlc3QtbHljZXVtLXQ");
    let first = Lyceum::start(setup).await?;
    let second = first.start_another().await?;
    let admin = first.client()?.sign_in(&first.admin()).await?;
    let before = position(&admin).await?;
    let ada = first.client()?.newcomer("Ada").await?;
    let id = message(&ada).await?;
    for host in [&first, &second] {
        let ada = host.client()?.sign_in(&ada.credentials).await?;
        position(&ada).await?;
        let arrived = Events::open(&ada, STREAM, Some(&before)).await?.named().await?;
        ensure!(arrived.name == "message-arrived", "{arrived:?}");
        ensure!(arrived.data.contains(&id), "{arrived:?}");
    }
    Ok(())
}

/// A stream whose client takes little memory of its own; open, once this text has come.
async fn opened(address: &str, head: &str, text: &str) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(head.as_bytes()).await?;
    let mut came = Vec::new();
    while !String::from_utf8_lossy(&came).contains(text) {
        ensure!(socket.read_buf(&mut came).await? > 0, "{}", String::from_utf8_lossy(&came));
    }
    Ok(socket)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_for_a_websocket_is_told_the_same() -> Result<()> {
    const UPGRADE: &str = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                           sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let (lyceum, admin) = started().await?;
    let position = position(&admin).await?;
    let ada = lyceum.client()?.newcomer("Ada").await?;
    let (address, _) = lyceum.addresses();
    let token = &ada.tokens.access;
    let request = |authorization: &str| {
        format!("GET {STREAM}?last_event_id={position} HTTP/1.1\r\nhost: x\r\n{authorization}{UPGRADE}\r\n")
    };
    let bearer = format!("authorization: Bearer {token}\r\n");
    let told = format!(r#""event":"message-arrived","data":{{"id":"{}""#, message(&ada).await?);
    let mut socket = opened(address, &request(&bearer), &told).await?;
    // A text, masked with zeros: such a stream only tells.
    socket.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).await?;
    let mut end = Vec::new();
    socket.read_to_end(&mut end).await?;
    ensure!(String::from_utf8_lossy(&end).contains("send a request"), "{end:?}");
    opened(address, &request(""), "HTTP/1.1 401 ").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_open_streams_are_all_told_and_hold_up_nobody() -> Result<()> {
    // Of this process and those that it starts: a descriptor for each end of each stream.
    let own = std::process::id().to_string();
    let limit = Command::new("prlimit").args(["--pid", &own, "--nofile=6000:"]).status();
    ensure!(limit.context("prlimit, of util-linux")?.success(), "6,000 files may be open");
    let setup = Setup::of(Backend::Sqlite)?.with_variable("LYCEUM_LIVE_STREAMS_OF_ONE", &MANY.to_string());
    let lyceum = Lyceum::start(setup).await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let position = position(&admin).await?;
    let ada = lyceum.client()?.newcomer("Ada").await?;
    let (address, _) = lyceum.addresses();
    let head = format!(
        "GET {STREAM} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nlast-event-id: {position}\r\n\r\n",
        ada.tokens.access
    );
    let opening = stream::iter(0..MANY).map(|_| opened(address, &head, "event: message-arrived"));
    let streams: Vec<TcpStream> = opening.buffer_unordered(64).try_collect().await?;
    ensure!(streams.len() == MANY);
    // The host answers as before.
    admin.get("/api/v1/notifications").await?.expect(200)?;
    Ok(())
}
