//! The program against a small server of its own.

#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

#[derive(Default)]
struct Server {
    requests: AtomicU64,
    bodies: Mutex<Vec<String>>,
    /// Every request with this number waits so long.
    stall: Option<(u64, Duration)>,
    /// Ends the connection after each response.
    closes: bool,
}

impl Server {
    fn start(self) -> (Arc<Self>, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::new(self);
        let shared = Arc::clone(&server);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let server = Arc::clone(&shared);
                thread::spawn(move || server.serve(stream.unwrap()));
            }
        });
        (server, address)
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            self.bodies.lock().unwrap().push(String::from_utf8(body).unwrap());
            let number = self.requests.fetch_add(1, Ordering::SeqCst);
            if let Some((stalled, time)) = self.stall
                && number == stalled
            {
                thread::sleep(time);
            }
            let connection = if self.closes { "connection: close\r\n" } else { "" };
            let text = format!("HTTP/1.1 200 OK\r\n{connection}content-length: 2\r\n\r\n{{}}");
            stream.write_all(text.as_bytes()).unwrap();
            if self.closes {
                return;
            }
        }
    }
}

fn load(address: SocketAddr, arguments: &[&str]) -> (bool, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_lyceum-load"))
        .arg(format!("http://{address}/path"))
        .args(["--warm-up", "0"])
        .args(arguments)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.success(), report)
}

#[test]
fn a_closed_loop_counts_what_was_answered() {
    let (server, address) = Server::default().start();
    let pid = std::process::id().to_string();
    let (ok, report) =
        load(address, &["--connections", "3", "--duration", "60", "--requests", "500", "--pid", &pid]);
    assert!(ok, "{report}");
    assert_eq!(server.requests.load(Ordering::SeqCst), 500);
    assert_eq!(report["requests"], 500);
    assert_eq!(report["statuses"]["200"], 500);
    assert_eq!(report["mode"], "closed");
    assert!(report["latency_us"]["max"].as_u64() >= report["latency_us"]["p50"].as_u64());
    assert!(report["server_cpu_us_per_request"].is_number());
    // Status line, one header and the body.
    assert_eq!(report["response_bytes"], 40.0);
}

#[test]
fn each_request_has_its_own_unique_value() {
    let (server, address) = Server::default().start();
    let arguments = ["--method", "POST", "--body", "{unique}", "--duration", "60", "--requests", "200"];
    assert!(load(address, &arguments).0);
    let mut bodies = server.bodies.lock().unwrap().clone();
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), 200);
}

#[test]
fn an_open_loop_counts_a_stall_for_everyone_who_waited() {
    let stall = Some((10, Duration::from_millis(400)));
    let (_, address) = Server { stall, ..Server::default() }.start();
    let arguments = ["--connections", "1", "--rate", "100", "--duration", "2"];
    let (ok, report) = load(address, &arguments);
    assert!(ok, "{report}");
    // 40 of the 200 were to start during the stall; a closed loop would have seen a single slow one.
    assert!(report["latency_us"]["p90"].as_u64().unwrap() > 100_000, "{report}");
    assert!(report["requests"].as_u64().unwrap() <= 200, "{report}");
}

#[test]
fn a_server_that_closes_is_connected_to_again() {
    let (_, address) = Server { closes: true, ..Server::default() }.start();
    let (ok, report) = load(address, &["--connections", "2", "--duration", "60", "--requests", "20"]);
    assert!(ok, "{report}");
    assert_eq!(report["requests"], 20);
}

#[test]
fn what_was_not_expected_fails_the_run() {
    let (_, address) = Server::default().start();
    let arguments = ["--duration", "60", "--requests", "5", "--expect", "201"];
    let (ok, report) = load(address, &arguments);
    assert!(!ok, "{report}");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let (ok, report) = load(nobody, &["--connections", "1", "--duration", "60", "--requests", "3"]);
    assert!(!ok, "{report}");
    assert_eq!(report["failures"], 3);
    assert!(report["first_failure"].as_str().unwrap().contains("connect"), "{report}");
}
