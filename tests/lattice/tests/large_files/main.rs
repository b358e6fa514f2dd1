//! A file of 50 MiB goes up and comes down, no provider holds it as a whole, and what breaks off leaves nothing.
#![forbid(unsafe_code)]
// A member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod bucket;
mod memory;

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Client, Person};
use lyceum_end_to_end::poll::until;
use lyceum_private_lattice::{Lattice, Options};
use reqwest::Method;
use serde_json::json;

use bucket::Bucket;
use memory::Memory;

const MIB: usize = 1 << 20;
/// The largest that a file may be.
const LARGEST: usize = 50 * MIB;
/// How much memory it may take beyond what the provider takes anyway: two parts of 5 MiB, and what is on its way.
const IN_MEMORY: usize = 32 * MIB;
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_up_and_comes_down() -> Result<()> {
    let lattice = tokio::task::block_in_place(|| Lattice::start(&Options::default()))?;
    let address = lattice.host("a")?.address;
    let person = Client::new(format!("http://{address}"))?.newcomer("Ada").await?;
    let bytes = content(LARGEST);
    // Each provider has read and written before it is measured.
    for _ in 0..12 {
        let path = announce(&person, "small.pdf", MIB).await?;
        put(&person, &path, &bytes[..MIB]).await?;
        ensure!(person.get(&path).await?.expect(200)?.body == bytes[..MIB]);
    }

    let path = announce(&person, "large.pdf", LARGEST).await?;
    let before = Memory::reset(&lattice)?;
    let began = Instant::now();
    put(&person, &path, &bytes).await?;
    let up = began.elapsed();
    let grown_up = before.growth(&lattice)?;

    let before = Memory::reset(&lattice)?;
    let began = Instant::now();
    let down = Answer::to(person.request(Method::GET, &path).timeout(PATIENCE)).await?.expect(200)?;
    let took = began.elapsed();
    let grown_down = before.growth(&lattice)?;
    ensure!(down.body == bytes, "byte for byte");
    let range = person.request(Method::GET, &path).header("Range", "bytes=30000000-30000009");
    ensure!(Answer::to(range).await?.expect(206)?.body == bytes[30_000_000..30_000_010]);

    let rate = |took: Duration| 50.0 / took.as_secs_f64();
    println!("\n50 MiB up in {:.1} s, {:.0} MiB/s; {grown_up}", up.as_secs_f64(), rate(up));
    println!("50 MiB down in {:.1} s, {:.0} MiB/s; {grown_down}\n", took.as_secs_f64(), rate(took));
    for grown in [grown_up, grown_down] {
        ensure!(grown.most() < IN_MEMORY, "{grown}, which is too much of the file");
    }
    what_breaks_off_leaves_nothing(&lattice, &person, &bytes).await
}

/// A client goes away in the middle.
async fn what_breaks_off_leaves_nothing(lattice: &Lattice, person: &Person, bytes: &[u8]) -> Result<()> {
    let bucket = Bucket::of(lattice);
    let stored = bucket.objects()?;
    ensure!(!stored.is_empty(), "what was uploaded is in the bucket");
    let path = announce(person, "never.pdf", LARGEST).await?;
    let mut connection = TcpStream::connect(lattice.host("a")?.address)?;
    let token = &person.tokens.access;
    write!(
        connection,
        "PUT {path} HTTP/1.1\r\nHost: lyceum\r\nAuthorization: Bearer {token}\r\nContent-Length: {LARGEST}\r\n\r\n",
    )?;
    connection.write_all(&bytes[..20 * MIB])?;
    until("some of it has come to the store", PATIENCE, || async {
        Ok((bucket.unfinished()? > 0).then_some(()))
    })
    .await?;
    drop(connection);
    let began = Instant::now();
    until("its parts are removed", PATIENCE, || async { Ok((bucket.unfinished()? == 0).then_some(())) })
        .await?;
    println!("what broke off was removed after {:.1} s\n", began.elapsed().as_secs_f64());
    ensure!(bucket.objects()? == stored, "nothing was added");
    person.get(&path).await?.expect_problem(409)?;
    Ok(())
}

/// Bytes that differ all along.
fn content(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()
    });
    words.take(length / 4).flatten().collect()
}

/// Where the content of a new file goes.
async fn announce(person: &Person, name: &str, size: usize) -> Result<String> {
    let body = json!({ "original_filename": name, "file_size": size });
    let answer = person.post("/api/v1/files", &body).await?.expect(201)?.json()?;
    Ok(format!("/api/v1/files/{}/content", answer["id"].as_str().context("an id")?))
}

async fn put(person: &Person, path: &str, content: &[u8]) -> Result<()> {
    let request = person.request(Method::PUT, path).timeout(PATIENCE).body(content.to_vec());
    Answer::to(request).await?.expect(200).map(drop)
}
