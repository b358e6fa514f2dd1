//! A client that reads nothing.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::streams::{Events, INBOX};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{PATIENCE, Zones, newcomer};
use crate::channel::Channel;

/// What is told, in bytes: more than sockets and 256 messages that wait have room for.
const LENGTH: usize = 32 << 10;
const MESSAGES: usize = 800;

/// It is cut off, those who read are told everything, and it is told to begin anew when it comes back too late.
pub(super) async fn is_cut_off(zones: &Zones) -> Result<()> {
    let mut channel = Channel::of(&zones.lattice).await?;
    let (in_a, in_b, _) = newcomer(zones, "Slow").await?;
    let welcome = timeout(PATIENCE, channel.next(&format!("inbox/{}", in_a.id))).await;
    let welcome = welcome.context("the welcome")??;
    let mut slow = silent(in_a.client.base(), &in_a.tokens.access).await?;
    let mut streams = [Events::open(&in_a, INBOX, None).await?, Events::open(&in_b, INBOX, None).await?];
    let mut first = String::new();
    for number in 0..MESSAGES {
        channel.repeat(&welcome, number, LENGTH).await?;
        for stream in &mut streams {
            let mut event = stream.named().await?;
            let mut data: Value = serde_json::from_str(&event.data)?;
            // The welcome itself may have come after the stream began.
            if number == 0 && data["number"].is_null() {
                event = stream.named().await?;
                data = serde_json::from_str(&event.data)?;
            }
            ensure!(data["number"] == number, "{number}: {} {}", event.name, event.id);
            if number == 0 {
                first = event.id;
            }
        }
    }
    let mut came = Vec::new();
    let ended = timeout(PATIENCE, slow.read_to_end(&mut came)).await;
    ensure!(ended.is_ok(), "who reads nothing is cut off");
    ensure!(came.len() < MESSAGES * LENGTH, "{} bytes", came.len());
    let reset = Events::open(&in_a, INBOX, Some(&first)).await?.named().await?;
    ensure!(reset.name == "reset", "{} {}", reset.name, reset.id);
    Ok(())
}

/// A stream that is open, of a client that takes no more than its beginning.
async fn silent(base: &str, token: &str) -> Result<TcpStream> {
    let address = base.strip_prefix("http://").context("http")?.parse()?;
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(8 << 10)?;
    let mut stream = socket.connect(address).await?;
    let head = format!("GET {INBOX} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut came = [0; 16];
    stream.read_exact(&mut came).await?;
    ensure!(came.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&came));
    Ok(stream)
}
