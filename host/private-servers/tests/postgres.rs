//! What tests that use a private PostgreSQL rely on.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use lyceum_private_servers::{PostgresServer, Server as _};

fn shared() -> &'static PostgresServer {
    static SERVER: OnceLock<PostgresServer> = OnceLock::new();
    SERVER.get_or_init(|| PostgresServer::start().unwrap())
}

fn address(server: &PostgresServer) -> String {
    let url = server.url();
    url.split(['@', '/']).nth(3).unwrap().to_owned()
}

/// Asks for TLS; a server that works answers `N` for no.
fn answers(server: &PostgresServer) -> bool {
    let Ok(mut stream) = TcpStream::connect(address(server)) else { return false };
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).is_ok() && answer == *b"N"
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn databases_are_apart() {
    let url = shared().create_database("apart").unwrap();
    assert!(url.ends_with("/apart"), "{url}");
    assert!(shared().create_database("apart").is_err());
}

#[test]
fn it_can_be_stopped_killed_and_frozen() {
    let server = PostgresServer::start().unwrap();
    server.create_database("kept").unwrap();
    assert!(answers(&server));
    server.pause().unwrap();
    assert!(!answers(&server));
    server.resume().unwrap();
    eventually("it goes on", || answers(&server));
    server.stop().unwrap();
    assert!(!answers(&server));
    server.restart().unwrap();
    assert!(answers(&server));
    server.kill9().unwrap();
    assert!(!answers(&server));
    server.restart().unwrap();
    assert!(server.create_database("kept").is_err(), "the database should still be there");
    let folder = server.folder().to_owned();
    drop(server);
    assert!(!folder.exists());
}

/// Not a test by itself: the process that the next one kills.
#[test]
#[ignore = "run by nothing_is_left_of_a_killed_process"]
fn be_killed() {
    let server = PostgresServer::start().unwrap();
    println!("\nfolder={}\naddress={}", server.folder().display(), address(&server));
    std::io::stdout().flush().unwrap();
    // Until the parent kills us, or is gone.
    std::io::stdin().read_exact(&mut [0]).unwrap_or_default();
}

#[test]
fn nothing_is_left_of_a_killed_process() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "be_killed", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .filter(|line| line.starts_with("folder=") || line.starts_with("address="))
        .take(2)
        .collect();
    let folder = PathBuf::from(lines[0].strip_prefix("folder=").unwrap());
    let address = lines[1].strip_prefix("address=").unwrap();
    assert!(folder.exists() && TcpStream::connect(address).is_ok());
    child.kill().unwrap();
    child.wait().unwrap();
    eventually("the folder has gone", || !folder.exists());
    eventually("the server has gone", || TcpStream::connect(address).is_err());
}
