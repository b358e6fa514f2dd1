//! What is measured.

pub(super) mod answers;
mod authors;
mod books;
pub(super) mod calls;
mod classes;
mod courses;
mod enrollments;
pub(super) mod events;
mod genres;
pub(super) mod hosts;
pub(super) mod lattice;
mod lendings;
mod librarian;
pub(super) mod monolith;
pub(super) mod on_kit;
mod pages;
pub(super) mod person;
mod progress;
pub(super) mod read;
mod readers;
pub(super) mod registration;
mod school;
pub(super) mod services;
pub(super) mod session;
pub(super) mod start;
pub(super) mod streams;
mod students;

use lyceum_private_servers::Servers;

/// 32 bytes as base64url, as every host on the same servers needs the same.
const SECRET: &str = "bHljZXVtLWJlbmNoLWx5Y2V1bS1iZW5jaC1seWNldW0";

/// The environment of hosts on these servers, with an empty database of this name.
fn links(servers: &Servers, database: &str) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut links = servers.links(database)?;
    links.push(("LYCEUM_ROOT_SECRET", SECRET.to_owned()));
    Ok(links)
}
