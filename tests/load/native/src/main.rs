//! The fair baseline for Lyceum's benchmark: the same routes as a native server with axum and sqlx on SQLite.
//!
//! What is made as carefully as in Lyceum: keep-alive, prepared statements, an access token whose EdDSA
//! signature and claims are checked, WAL with `synchronous=FULL`, one writer with group commit, several
//! readers, Argon2id with the same cost, the same response bytes with the same headers. What it has not: the gateway, isolation
//! between services, delivery of the events in its outbox, remembered idempotency keys.
//!
//! When it is ready it prints one line of JSON: its address, its process id, and a token for
//! `GET /api/v1/users/me`. Start reading at [`server::router`].

#![forbid(unsafe_code)]

mod arguments;
mod database;
mod failure;
mod headers;
mod hello;
mod lendings;
mod pages;
mod profile;
mod register;
mod server;
mod statistics;
mod token;
mod writer;

use anyhow::Context;
use axum::serve::ListenerExt;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use arguments::Arguments;
use server::Server;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let server = Server::open(&arguments).await?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("listen on {}", arguments.listen))?;
    let ready = serde_json::json!({
        "address": format!("http://{}", listener.local_addr().context("ask for the address")?),
        "pid": std::process::id(),
        "token": server.token()?,
    });
    println!("{ready}");
    let listener = listener.tap_io(|stream| {
        // Without it a small answer may wait for the acknowledgement of the one before. Failing to set it
        // costs speed only.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, server::router(server))
        .with_graceful_shutdown(asked_to_stop())
        .await
        .context("serve")
}

async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    if let Ok(mut terminated) = signal(SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    } else {
        // Without handlers the signals' default ends the process just as well.
        let _ = interrupted.await;
    }
}
