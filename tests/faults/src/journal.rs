//! A file of everything that was asked and answered, kept by the client.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A registration, complete enough to repeat it to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its Idempotency-Key.
    pub key: String,
    /// The body, as it was sent.
    pub body: String,
    /// The address in the body, by which everything that came of it is found.
    pub email: String,
}

#[derive(Serialize, Deserialize)]
enum Entry {
    /// Written before a request is sent.
    Sent(Request),
    /// Written when the answer has arrived whole.
    Answered { key: String, status: u16, body: String },
}

/// The journal of one run.
pub struct Journal {
    file: Mutex<File>,
}

/// One request of the journal, with its first conclusive answer.
#[derive(Clone, Debug)]
pub struct Record {
    /// What was asked.
    pub request: Request,
    /// The body of the 201 that acknowledged it, if one arrived.
    pub acknowledged: Option<String>,
    /// Statuses of answers that acknowledged nothing.
    pub refusals: Vec<u16>,
}

impl Journal {
    /// A new journal in this file.
    pub fn create(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create_new(true).append(true).open(path);
        Ok(Self { file: Mutex::new(file.with_context(|| format!("make {}", path.display()))?) })
    }

    /// Writes down that a request is about to be sent.
    pub fn sent(&self, request: &Request) -> Result<()> {
        self.write(&Entry::Sent(request.clone()))
    }

    /// Writes down an answer.
    pub fn answered(&self, key: &str, status: u16, body: &str) -> Result<()> {
        self.write(&Entry::Answered { key: key.to_owned(), status, body: body.to_owned() })
    }

    fn write(&self, entry: &Entry) -> Result<()> {
        let line = serde_json::to_string(entry)? + "\n";
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).context("write the journal")
    }
}

/// Reads a journal back, in the order of sending.
pub fn read(path: &Path) -> Result<Vec<Record>> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let (mut records, mut by_key) = (Vec::<Record>::new(), std::collections::HashMap::new());
    for line in BufReader::new(file).lines() {
        match serde_json::from_str(&line?)? {
            Entry::Sent(request) => {
                // A repetition is sent again under the same key.
                by_key.entry(request.key.clone()).or_insert_with(|| {
                    records.push(Record { request, acknowledged: None, refusals: Vec::new() });
                    records.len() - 1
                });
            }
            Entry::Answered { key, status, body } => {
                let index = *by_key.get(&key).context("an answer to something that was sent")?;
                let record = records.get_mut(index).context("a record")?;
                match (status, &record.acknowledged) {
                    (201, None) => record.acknowledged = Some(body),
                    (201, Some(first)) => {
                        anyhow::ensure!(*first == body, "two answers to {key}: {first} and {body}");
                    }
                    _ => record.refusals.push(status),
                }
            }
        }
    }
    Ok(records)
}
