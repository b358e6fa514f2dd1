//! Streams and long polls that the host keeps for a service: notifications' inbox, as it happens.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures::stream::{self, StreamExt, TryStreamExt};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::{NatsServer, RedisServer};
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What one host has to keep, and in how much memory: MiB, its share of what it has in common with others.
const MANY: usize = 5_000;
const MEMORY: f64 = 300.0;
const STREAM: &str = "/api/v1/notifications/stream";

/// A stream of server-sent events, as a client reads it.
struct Events {
    response: Response,
    came: String,
}

/// One event.
#[derive(Debug)]
struct Event {
    id: String,
    name: String,
    data: String,
}

impl Events {
    async fn open(person: &Person, last: Option<&str>) -> Result<Self> {
        let mut request = person.request(Method::GET, STREAM).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await?;
        ensure!(response.status().as_u16() == 200, "{response:?}");
        ensure!(response.headers()["content-type"] == "text/event-stream", "{response:?}");
        let told =
            response.headers().keys().any(|name| name.as_str().starts_with("grip-") || name == "lyceum-live");
        ensure!(!told, "nothing is told of how it is held: {response:?}");
        Ok(Self { response, came: String::new() })
    }

    /// The next event, or the position where the name is empty; none at the end.
    async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(end) = self.came.find("\n\n") {
                let event: String = self.came.drain(..end + 2).collect();
                let field = |name: &str| {
                    let lines = event.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                    lines.collect::<Vec<_>>().join("\n")
                };
                let event = Event { id: field("id"), name: field("event"), data: field("data") };
                return Ok(Some(event));
            }
            match self.response.chunk().await? {
                Some(part) => self.came.push_str(std::str::from_utf8(&part).context("text")?),
                None => return Ok(None),
            }
        }
    }

    /// The next event with a name.
    async fn named(&mut self) -> Result<Event> {
        while let Some(event) = self.next().await? {
            if !event.name.is_empty() {
                return Ok(event);
            }
        }
        bail!("the stream ended")
    }
}

/// One answer, waited for at most so long.
async fn poll(person: &Person, wait: u32, last: Option<&str>) -> Result<Value> {
    let mut request = person.request(Method::GET, STREAM).header("prefer", format!("wait={wait}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    Answer::to(request).await?.expect(200)?.json()
}

/// Where the host is now.
async fn position(person: &Person) -> Result<String> {
    let answer = poll(person, 0, None).await?;
    answer["last_event_id"].as_str().map(str::to_owned).with_context(|| format!("{answer}"))
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
    let mut others = Events::open(&admin, Some(&before)).await?;
    let (ada, bob) = (client.newcomer("Ada").await?, client.newcomer("Bob").await?);
    for person in [&ada, &bob] {
        let arrived = Events::open(person, Some(&before)).await?.named().await?;
        ensure!(arrived.name == "message-arrived", "{arrived:?}");
        let data: Value = serde_json::from_str(&arrived.data)?;
        ensure!(data["id"] == message(person).await?.as_str(), "{arrived:?}");
        // Who comes back with the id of what they had gets it no second time.
        let again = poll(person, 0, Some(&arrived.id)).await?;
        ensure!(again["messages"] == serde_json::json!([]) && again["reset"] == false, "{again}");
        let answer = poll(person, 20, Some(&before)).await?;
        ensure!(answer["messages"][0]["data"]["id"] == data["id"], "{answer}");
    }
    // All of it was told by now, and nothing of it to somebody else.
    let answer = poll(&admin, 0, Some(&before)).await?;
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
    let mut first = Events::open(&admin, None).await?;
    let _second = Events::open(&admin, None).await?;
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
    let _open = Events::open(&admin, None).await?;
    lyceum.terminate()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_after_a_restart_is_told_to_read_anew() -> Result<()> {
    let (mut lyceum, admin) = started().await?;
    let before = position(&admin).await?;
    lyceum.terminate()?;
    lyceum.restart(&[]).await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let reset = Events::open(&admin, Some(&before)).await?.named().await?;
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
    // A host knows where it is once the event server is there.
    let before = until("the first host listens", PATIENCE, || async {
        let position = position(&admin).await?;
        Ok((!position.starts_with("0-")).then_some(position))
    })
    .await?;
    let ada = first.client()?.newcomer("Ada").await?;
    let id = message(&ada).await?;
    for host in [&first, &second] {
        let ada = host.client()?.sign_in(&ada.credentials).await?;
        until("this host listens", PATIENCE, || async {
            Ok((!position(&ada).await?.starts_with("0-")).then_some(()))
        })
        .await?;
        let arrived = Events::open(&ada, Some(&before)).await?.named().await?;
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

/// In MiB, of the process that wrote `addresses.json`.
fn memory(lyceum: &Lyceum) -> Result<f64> {
    let addresses: Value = serde_json::from_slice(&std::fs::read(lyceum.data().join("addresses.json"))?)?;
    let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", addresses["pid"]))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("Pss")?;
    let kibibytes: f64 = line.trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes / 1024.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_streams_are_open_within_300_mib_and_told_at_once() -> Result<()> {
    // Of this process and those that it starts: a descriptor for each end of each stream.
    let own = std::process::id().to_string();
    let limit = Command::new("prlimit").args(["--pid", &own, "--nofile=12000:"]).status();
    ensure!(limit.context("prlimit, of util-linux")?.success(), "12,000 files may be open");
    let setup = Setup::of(Backend::Sqlite)?.with_variable("LYCEUM_LIVE_STREAMS_OF_ONE", &MANY.to_string());
    let mut lyceum = Lyceum::start(setup).await?;
    // The first start may compile the components, which takes memory of its own.
    lyceum.terminate()?;
    lyceum.restart(&[]).await?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let position = position(&admin).await?;
    let before = memory(&lyceum)?;
    let ada = lyceum.client()?.newcomer("Ada").await?;
    let (address, _) = lyceum.addresses();
    let head = format!(
        "GET {STREAM} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nlast-event-id: {position}\r\n\r\n",
        ada.tokens.access
    );
    let began = Instant::now();
    let opening = stream::iter(0..MANY).map(|_| opened(address, &head, "event: message-arrived"));
    let streams: Vec<TcpStream> = opening.buffer_unordered(64).try_collect().await?;
    let (with, took) = (memory(&lyceum)?, began.elapsed());
    println!("{} streams in {took:?}: {before:.0} MiB before, {with:.0} MiB with them", streams.len());
    ensure!(with < MEMORY, "{with} MiB");
    // The host answers as before.
    admin.get("/api/v1/notifications").await?.expect(200)?;
    Ok(())
}
