//! Writing one document: read, compute, and put the whole in its place if it has not changed meanwhile.
//!
//! The condition is the revision. So of two writers one wins and the other begins again; and an attempt whose answer
//! was lost may be repeated, since it can't take hold twice: it finds itself among the recent writes.

use std::time::Instant;

use bytes::Bytes;
use mongodb::bson::{Document, doc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Shared;
use super::ask::{Failure, ask, insist, pause};
use super::stored::{Key, RECENT, Recent, Stored, Waiting};
use crate::body::Body;
use crate::check::{Prepare, Prepared, expect};
use crate::{Error, Once, Outcome, Remembered, Written};

/// The key as it is stored and looked up.
pub(super) fn digest(scope: &str, key: &str) -> String {
    format!("{:x}", Sha256::new().chain_update(scope).chain_update([0]).chain_update(key).finalize())
}

/// What was remembered, for a caller that shows the same fingerprint.
pub(super) fn remembered(
    found: &Stored,
    digest: &str,
    fingerprint: &str,
    now: i64,
) -> Option<Result<Remembered, Error>> {
    let mut keys = found.once.iter().filter(|key| key.expires.is_none_or(|expires| expires > now));
    let key = keys.find(|key| key.digest == digest)?;
    if key.fingerprint != fingerprint {
        return Some(Err(Error::KeyReused));
    }
    let answer = Bytes::from(key.answer.clone());
    Some(Ok(Remembered { id: found.id.clone(), version: unsigned(key.version), answer }))
}

/// One write, and what became of its attempts.
struct Writing<'a> {
    shared: &'a Shared,
    prepared: &'a Prepared,
    /// Names this write in the document.
    name: String,
    /// The revision that an attempt of unknown outcome was for.
    unsure: Option<i64>,
}

pub(super) async fn write(shared: &Shared, prepared: &Prepared, deadline: Instant) -> Result<Outcome, Error> {
    let name = Uuid::now_v7().to_string();
    let mut writing = Writing { shared, prepared, name, unsure: None };
    loop {
        match writing.attempt(deadline).await {
            Ok(Some(outcome)) => return Ok(outcome),
            Ok(None) if Instant::now() >= deadline => return Err(writing.late(Error::Conflict)),
            Ok(None) => {
                shared.statistics.retries.add(1);
                pause().await;
            }
            // What can't be known to be undone isn't called so.
            Err(error @ (Error::Timeout | Error::Unavailable(_))) => return Err(writing.late(error)),
            Err(error) => return Err(error),
        }
    }
}

impl Writing<'_> {
    fn late(&self, error: Error) -> Error {
        if self.unsure.is_some() { Error::OutcomeUnknown } else { error }
    }

    /// `None` means: begin again.
    async fn attempt(&mut self, deadline: Instant) -> Result<Option<Outcome>, Error> {
        let Prepared { collection, id, once, .. } = self.prepared;
        let now = self.shared.clock.micros();
        fail::fail_point!("documents::before-read");
        let (found, others) = self.read(deadline).await?;
        if let Some(done) = self.done_before(found.as_ref())? {
            return Ok(Some(done));
        }
        if let Some(once) = once {
            let digest = digest(&once.scope, &once.key);
            let mut all = found.iter().chain(&others);
            let known = all.find_map(|stored| remembered(stored, &digest, &once.fingerprint, now));
            if let Some(remembered) = known {
                return remembered.map(|remembered| Some(Outcome::Duplicate(remembered)));
            }
        }
        let (before, is_new) = found.map_or_else(|| (Stored::new(id), true), |found| (found, false));
        let revision = before.revision;
        let after = self.apply(before, now)?;
        let (version, body) = (unsigned(after.version), after.body.as_ref().map(Body::to_string));
        fail::fail_point!("documents::before-write");
        let documents = self.shared.collection(collection);
        let written = if is_new {
            let insert = documents.insert_one(after.to_document());
            ask(deadline, async { insert.await.map(|_| true) }).await
        } else {
            let condition = doc! { "_id": id, "_lyceum.revision": revision };
            let replace = documents.replace_one(condition, after.to_document());
            ask(deadline, async { replace.await.map(|result| result.matched_count == 1) }).await
        };
        fail::fail_point!("documents::after-write");
        match written {
            Ok(true) => {
                if !self.prepared.checked.is_empty() {
                    self.shared.committed.notify_one();
                }
                Ok(Some(Outcome::Written(Written { id: id.clone(), version, body })))
            }
            Ok(false) | Err(Failure::Exists) => Ok(None),
            Err(Failure::Broken(why)) => {
                tracing::debug!(service = self.shared.service, why, "a write is tried again");
                self.unsure.get_or_insert(revision);
                Ok(None)
            }
            Err(Failure::Late) => Err(Error::OutcomeUnknown),
            Err(failure) => Err(failure.into_error()),
        }
    }

    /// The document, and others that remember the key.
    async fn read(&self, deadline: Instant) -> Result<(Option<Stored>, Vec<Stored>), Error> {
        let Prepared { collection, id, once, .. } = self.prepared;
        let documents = self.shared.collection(collection);
        let own = doc! { "_id": id };
        let wanted = match once {
            None => own,
            Some(Once { scope, key, .. }) => {
                doc! { "$or": [own, { "_lyceum.once.key": digest(scope, key) }] }
            }
        };
        let read = || async {
            use futures::TryStreamExt as _;
            documents.find(wanted.clone()).await?.try_collect::<Vec<Document>>().await
        };
        let found = insist(deadline, read).await?;
        let found = found.iter().map(Stored::read).collect::<Result<Vec<_>, _>>()?;
        let (mut own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|stored| stored.id == *id);
        Ok((own.pop(), others))
    }

    /// Whether an earlier attempt of this write took hold although its answer was lost.
    fn done_before(&self, found: Option<&Stored>) -> Result<Option<Outcome>, Error> {
        let (Some(revision), Some(found)) = (self.unsure, found) else { return Ok(None) };
        if let Some(recent) = found.recent.iter().find(|recent| recent.write == self.name) {
            let body = match &self.prepared.change {
                Prepare::Delete => None,
                Prepare::Put(body) | Prepare::Rewrite(body) => Some(body.to_string()),
                // Of a patch it is known only while nobody wrote after it.
                Prepare::Patch(_) if found.version == recent.version => {
                    found.body.as_ref().map(Body::to_string)
                }
                Prepare::Patch(_) => return Err(Error::OutcomeUnknown),
            };
            if !self.prepared.checked.is_empty() {
                self.shared.committed.notify_one();
            }
            let written = Written { id: found.id.clone(), version: unsigned(recent.version), body };
            return Ok(Some(Outcome::Written(written)));
        }
        let changes = usize::try_from(found.revision.saturating_sub(revision)).unwrap_or(usize::MAX);
        if changes > RECENT { Err(Error::OutcomeUnknown) } else { Ok(None) }
    }

    /// The document as it is to be.
    fn apply(&self, mut stored: Stored, now: i64) -> Result<Stored, Error> {
        let prepared = self.prepared;
        expect(prepared, stored.body.as_ref().map(|_| unsigned(stored.version)))?;
        stored.body = match (&prepared.change, &stored.body) {
            (Prepare::Put(body) | Prepare::Rewrite(body), _) => Some(body.clone()),
            (Prepare::Patch(patch), Some(body)) => Some(body.patched(patch)?),
            (Prepare::Patch(_), None) => return Err(Error::NotFound),
            (Prepare::Delete, _) => None,
        };
        stored.version += i64::from(!matches!(prepared.change, Prepare::Rewrite(_)));
        stored.revision += 1;
        stored.recent.push(Recent { write: self.name.clone(), version: stored.version });
        for event in &prepared.checked {
            stored.sequence += 1;
            let body = event.body(&self.shared.service, stored.sequence, &prepared.context, now)?;
            let (id, kind) = (event.id.clone(), event.kind.clone());
            stored.outbox.push(Waiting { id, kind, sequence: stored.sequence, body });
        }
        if !stored.outbox.is_empty() {
            stored.waiting.get_or_insert(now);
        }
        if let Some(once) = &prepared.once {
            let digest = digest(&once.scope, &once.key);
            stored.once.retain(|known| known.digest != digest);
            stored.once.push(Key {
                digest,
                fingerprint: once.fingerprint.clone(),
                expires: once.expires(now),
                answer: once.answer.to_vec(),
                version: stored.version,
            });
        }
        stored.trim(now)?;
        Ok(stored)
    }
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
