//! A way to a server that may be slow, or lose everything.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

const LOST: u64 = u64::MAX;

/// Stands before a server and passes bytes on, each after the delay at its time. Connections that are open stay so
/// when it is dropped; it takes no new ones.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    /// Milliseconds; [`LOST`] keeps everything back.
    delay: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

impl Proxy {
    /// Stands before the server at this port of this machine.
    ///
    /// # Errors
    /// If no port is free.
    pub fn before(server: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("take a free port")?;
        let port = listener.local_addr()?.port();
        let (delay, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (seen, over) = (Arc::clone(&delay), Arc::clone(&ended));
        thread::spawn(move || {
            for client in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                // A client whose server is gone finds its connection closed.
                let Ok(client) = client else { continue };
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { continue };
                // One that can't be served any more is closed with its streams.
                let _ = join(&client, &server, &seen);
            }
        });
        Ok(Self { port, delay, ended })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on everything takes this much longer in each direction.
    pub fn slow_down(&self, delay: Duration) {
        self.delay.store(u64::try_from(delay.as_millis()).unwrap_or(LOST), Ordering::Relaxed);
    }

    /// From now on nothing gets through, and nobody is told. What was once lost doesn't come later.
    pub fn lose(&self) {
        self.delay.store(LOST, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the listener; if nobody listens any more, there is nobody to wake.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn join(client: &TcpStream, server: &TcpStream, delay: &Arc<AtomicU64>) -> std::io::Result<()> {
    for stream in [client, server] {
        stream.set_nodelay(true)?;
    }
    for (from, to) in [(client, server), (server, client)] {
        let (from, to, delay) = (from.try_clone()?, to.try_clone()?, Arc::clone(delay));
        thread::spawn(move || pass(from, to, &delay));
    }
    Ok(())
}

fn pass(mut from: TcpStream, mut to: TcpStream, delay: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        match delay.load(Ordering::Relaxed) {
            0 => {}
            // Neither the bytes nor the connection's end.
            LOST => loop {
                thread::park();
            },
            delay => thread::sleep(Duration::from_millis(delay)),
        }
        let Some(read) = buffer.get(..length) else { break };
        if to.write_all(read).is_err() {
            break;
        }
    }
    // The other direction ends, too: a server that is gone doesn't read on.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
