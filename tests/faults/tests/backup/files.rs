//! People who upload and delete files, with a journal of what was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Client, Credentials, Person};
use reqwest::Method;
use serde_json::json;

use crate::books::read;

/// Bytes of a file: some are stored at once, some in several parts.
const SIZES: [usize; 4] = [10, 3_000, 70_000, 6_000_000];

/// What was acknowledged of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    There(usize),
    Gone,
}

/// The acknowledged files of one person, by id.
#[derive(Clone, Default)]
pub(crate) struct Files(BTreeMap<String, State>);

/// Somebody who uploads one file after another.
pub(crate) struct Uploading {
    journal: Arc<Mutex<Files>>,
    enough: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Result<()>>,
    credentials: Credentials,
}

impl Uploading {
    pub(crate) async fn start(client: &Client) -> Result<Self> {
        let person = client.newcomer("Uploader").await?;
        let (journal, enough) = (Arc::<Mutex<Files>>::default(), Arc::<AtomicBool>::default());
        let credentials = person.credentials.clone();
        let task = tokio::spawn(upload(person, Arc::clone(&journal), Arc::clone(&enough)));
        Ok(Self { journal, enough, task, credentials })
    }

    /// What was acknowledged so far.
    pub(crate) fn so_far(&self) -> Files {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) async fn stop(self) -> Result<(Credentials, Files)> {
        self.enough.store(true, Ordering::Relaxed);
        self.task.await??;
        let all = self.journal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((self.credentials, all))
    }
}

impl Files {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Holds what a restored deployment has against what was acknowledged `before` the backup and later. Returns how
    /// many of the later files are there.
    pub(crate) async fn check(&self, before: &Self, person: &Person) -> Result<usize> {
        let mut later = 0;
        for (id, state) in &self.0 {
            let answer = read(person, &format!("/api/v1/files/{id}/content")).await?;
            let found = answer.status.as_u16();
            match (before.0.get(id), state) {
                (Some(State::There(size)), State::There(_)) => {
                    ensure!(found == 200 && answer.body == content(*size), "the file {id}: {found}");
                }
                (Some(State::Gone), _) => ensure!(found == 404, "the file {id} was deleted: {found}"),
                // Announced or there or deleted, by what had happened at the moment.
                (_, State::There(size)) => {
                    ensure!([200, 404, 409].contains(&found), "the file {id}: {answer}");
                    ensure!(found != 200 || answer.body == content(*size), "the file {id} is damaged");
                    later += usize::from(found == 200);
                }
                (_, State::Gone) => ensure!([200, 404, 409].contains(&found), "the file {id}: {answer}"),
            }
        }
        Ok(later)
    }
}

async fn upload(person: Person, journal: Arc<Mutex<Files>>, enough: Arc<AtomicBool>) -> Result<()> {
    let note = |id: &str, state| {
        journal.lock().unwrap_or_else(PoisonError::into_inner).0.insert(id.to_owned(), state);
    };
    for number in 0.. {
        if enough.load(Ordering::Relaxed) {
            break;
        }
        let size = SIZES[number % SIZES.len()];
        let body = json!({ "original_filename": format!("{number}.txt"), "file_size": size });
        let Some(announced) = accepted(person.post("/api/v1/files", &body).await?)? else { continue };
        let id = announced.json()?["id"].as_str().context("an id")?.to_owned();
        let put = person.request(Method::PUT, &format!("/api/v1/files/{id}/content")).body(content(size));
        if accepted(Answer::to(put).await?)?.is_none() {
            continue;
        }
        note(&id, State::There(size));
        // One in five is deleted again, though not at once.
        if number % 5 == 4 {
            let old = journal.lock().unwrap_or_else(PoisonError::into_inner).0.keys().next().cloned();
            let old = old.context("a file")?;
            let deleted = person.request(Method::DELETE, &format!("/api/v1/files/{old}"));
            let status = Answer::to(deleted).await?.status.as_u16();
            if [204, 404].contains(&status) {
                note(&old, State::Gone);
            }
        }
    }
    Ok(())
}

/// Under load a service may say that it can't at present.
fn accepted(answer: Answer) -> Result<Option<Answer>> {
    match answer.status.as_u16() {
        200 | 201 => Ok(Some(answer)),
        503 | 504 => Ok(None),
        _ => anyhow::bail!("an upload was answered with {answer}"),
    }
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|index| u8::try_from((index * 31 + size) % 251).unwrap_or_default()).collect()
}
