//! What a client of the older library does, and one of its successor, typed down as collections for Newman, against one
//! deployment that has nothing but a genre, which that library's clients could not make either.
#![forbid(unsafe_code)]

use std::process::Command;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Client, NewPerson};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup, workspace};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::node_package;
use reqwest::Method;
use serde_json::json;

const NEWMAN: &str = "newman@6.2.2";
/// Each in its order, and the name by which it asks for Lyceum.
const COLLECTIONS: [(&str, &str); 2] = [
    ("tests/end-to-end/collections/older-library.postman_collection.json", "library.example"),
    ("tests/end-to-end/collections/older-library-successor.postman_collection.json", SUCCESSOR),
];
const SUCCESSOR: &str = "successor.example";
const GENRE: &str = "Infantil";

#[tokio::test(flavor = "multi_thread")]
async fn the_older_librarys_clients_and_its_successors_are_answered_as_they_expect() -> Result<()> {
    let newman = tokio::task::spawn_blocking(|| node_package(NEWMAN));
    let setup = Setup::of(Backend::Sqlite)?
        .with_variable("LYCEUM_VARIABLE_LIBRARY", &format!("{SUCCESSOR}=successor"))
        .with_variable("LYCEUM_VARIABLE_LIBRARY_LIBRARIAN_REGISTRATION", "open");
    let lyceum = Lyceum::start(setup).await?;
    let client = lyceum.client()?;
    let admin = client.sign_in(&lyceum.admin()).await?;
    admin.post("/api/v1/genres", &json!({ "name": GENRE })).await?.expect(201)?;
    until("tokens of the older face count", PATIENCE, || tokens_count(&client)).await?;

    let newman = newman.await??.join("newman");
    for (collection, host) in COLLECTIONS {
        let mut run = Command::new(&newman);
        run.args(["run", "--color", "off"]).arg(workspace().join(collection));
        for variable in
            [format!("address={}", client.base()), format!("host={host}"), format!("genre={GENRE}")]
        {
            run.arg("--env-var").arg(variable);
        }
        let output = tokio::task::spawn_blocking(move || run.output()).await?.context("run newman")?;
        ensure!(output.status.success(), "{collection}: {}", String::from_utf8_lossy(&output.stdout));
    }
    Ok(())
}

/// Whether the gateway knows the key by which these tokens are signed, which is as new as the deployment.
async fn tokens_count(client: &Client) -> Result<Option<()>> {
    let person = NewPerson::named("Ada");
    client.register(&person).await?.expect(201)?;
    let login = json!({ "username": person.credentials.email, "password": person.credentials.password });
    let token = client.post("/api/public/login", &login).await?.expect(200)?;
    let token = token.header("authorization").context("a token")?;
    let search = client.request(Method::GET, "/api/authors?name=a").bearer_auth(token);
    Ok((Answer::to(search).await?.status.as_u16() != 401).then_some(()))
}
