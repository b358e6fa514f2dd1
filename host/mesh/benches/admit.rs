//! What the mesh costs a call, on one thread: `cargo bench -p lyceum-mesh`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use lyceum_mesh::identity::Keyring;
use lyceum_mesh::{Call, Clock, Deadline, Destination, Mesh, Outbound, Outcome, SystemClock};

const ROUNDS: u32 = 1_000_000;

fn measure(what: &str, rounds: u32, mut once: impl FnMut()) {
    (0..rounds / 10).for_each(|_| once());
    let start = Instant::now();
    (0..rounds).for_each(|_| once());
    println!("{what}: {} ns", start.elapsed().as_nanos() / u128::from(rounds));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let may_call = Outbound::parse(&["http://auth.spin.internal", "http://books.spin.internal"])?;
    let mesh = Mesh::builder().caller("gateway", may_call).caller("books", Outbound::default()).build();
    let books = Destination::component("books")?;
    measure("admit and finish", ROUNDS, || {
        let call = Call {
            caller: "gateway",
            destination: &books,
            method: &Method::GET,
            has_idempotency_key: false,
            deadline: Deadline::after(SystemClock.now(), Duration::from_secs(2)),
            repeat: 0,
            avoid: None,
        };
        if let Ok(ticket) = mesh.admit(black_box(&call)) {
            ticket.finish(Outcome::Answered(StatusCode::OK));
        }
    });
    measure("parse a destination", ROUNDS, || {
        black_box(Destination::parse(black_box("http"), black_box("books.spin.internal")).is_ok());
    });
    let keyring = Keyring::new([7; 32]);
    let now = SystemClock.unix_seconds();
    let received = keyring.admit(None, "gateway", false, "books", now)?;
    measure("identity, a hop", ROUNDS / 10, || {
        black_box(keyring.admit(Some(black_box(&received)), "books", false, "authors", now).is_ok());
    });
    Ok(())
}
