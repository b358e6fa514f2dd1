//! One once key, one transaction.
//!
//! Whatever is committed under a key is taken for a repetition the second time and not done again. A request or an
//! event therefore has its key for one transaction: who [begins](crate::sql::Begin::begin) another one, or writes
//! another document, gets an error, with and without an `Idempotency-Key`. Further writes are a [`Step`] with a key of
//! its own, or are made [`WithoutOnce`].
//!
//! The write that answers a request is the last one: what is remembered with it says that all is done, and a request that
//! is repeated after a crash never comes to what would follow. So a step after it is an error. That also says which of
//! two stores remembers, for a service that has both.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{answer::AnswerFromRows, context::Context, host::types, problem::Problem};

/// The key under which a transaction and its answer are remembered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OnceKey {
    pub(crate) scope: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) keep_seconds: u64,
}

impl OnceKey {
    /// A step has a scope of its own, not a longer key: a client's key may have all the bytes that there are, and
    /// may itself end like a step's name.
    fn of_step(&self, step: &str) -> Self {
        Self { scope: format!("{} step {step}", self.scope), ..self.clone() }
    }

    pub(crate) fn to_host(&self, answer: Vec<u8>) -> types::Once {
        types::Once {
            scope: self.scope.clone(),
            key: self.key.clone(),
            fingerprint: self.fingerprint.clone(),
            keep_seconds: self.keep_seconds,
            answer,
        }
    }
}

/// What a route says of its remembered answers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Makes the answer of what the transaction's statements returned.
    pub(crate) from_rows: Option<AnswerFromRows>,
    /// The collection that remembers; if not said, the database or any of the collections.
    pub(crate) collection: Option<&'static str>,
}

/// Shared by all copies of a request's or an event's context.
#[derive(Debug, Default)]
pub(crate) struct Token {
    pub(crate) key: Option<OnceKey>,
    pub(crate) memory: Memory,
    /// Steps by name; `None` is the request or event itself.
    taken: Mutex<BTreeSet<Option<String>>>,
    misused: AtomicBool,
    /// The write with the answer was, or may have been, committed.
    answered: AtomicBool,
}

impl Token {
    pub(crate) fn new(key: Option<OnceKey>, memory: Memory) -> Self {
        Self { key, memory, ..Self::default() }
    }

    /// Whether a second use of a key was refused, which is a fault to be seen.
    pub(crate) fn was_misused(&self) -> bool {
        self.misused.load(Ordering::Relaxed)
    }

    /// The key of a step, or of the request or event itself.
    pub(crate) fn key_of(&self, step: Option<&str>) -> Option<OnceKey> {
        let key = self.key.as_ref()?;
        Some(step.map_or_else(|| key.clone(), |step| key.of_step(step)))
    }

    fn taken<R>(&self, change: impl FnOnce(&mut BTreeSet<Option<String>>) -> R) -> R {
        change(&mut self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why nothing was committed: a write of the same request or event was made before, after which this one can't follow. A
/// fault of the service.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OnceError {
    /// The key, or the step of this name, was used before.
    #[error(
        "a second transaction under one once key (step \"{step}\") would be dropped as a repetition: give it a step of \
         its own, or make it without_once"
    )]
    UsedTwice {
        /// Empty for the request or event itself.
        step: String,
    },
    /// The request's answer was committed before.
    #[error(
        "the step \"{step}\" comes after the write with the answer, and so never if the request is repeated after a crash \
         between them: make it first"
    )]
    AfterAnswer {
        /// Its name.
        step: String,
    },
}

/// The use of a key by one transaction. It is given back unless something was, or may have been, committed.
#[derive(Debug)]
struct Claim {
    token: Arc<Token>,
    step: Option<String>,
    /// Whether what it commits has the answer.
    answers: bool,
    spent: bool,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.spent {
            self.token.taken(|taken| taken.remove(&self.step));
        }
    }
}

fn claim(context: &Context, step: Option<&str>, answers: bool) -> Result<Claim, OnceError> {
    let token = Arc::clone(context.token());
    let named = step.unwrap_or_default().to_owned();
    let step = step.map(ToOwned::to_owned);
    let error = if step.is_some() && token.answered.load(Ordering::Relaxed) {
        OnceError::AfterAnswer { step: named }
    } else if token.taken(|taken| taken.insert(step.clone())) {
        return Ok(Claim { token, step, answers, spent: false });
    } else {
        OnceError::UsedTwice { step: named }
    };
    token.misused.store(true, Ordering::Relaxed);
    Err(error)
}

/// A write that was begun: where it comes from, and its key.
#[derive(Debug)]
pub struct Writing {
    context: Context,
    claim: Result<Option<Claim>, OnceError>,
}

impl Writing {
    /// Under the key of the request or event, or of its step.
    pub(crate) fn once(context: &Context, step: Option<&str>) -> Self {
        Self { context: context.clone(), claim: claim(context, step, false).map(Some) }
    }

    /// With the answer to a request.
    fn answering(context: &Context) -> Self {
        Self { context: context.clone(), claim: claim(context, None, true).map(Some) }
    }

    fn repeatable(context: &Context) -> Self {
        Self { context: context.clone(), claim: Ok(None) }
    }

    pub(crate) fn context(&self) -> types::Context {
        self.context.to_host()
    }

    /// Fails unless a change may be committed: see [`Conditions`](crate::conditions::Conditions).
    pub(crate) fn allow_commit(&self) -> Result<(), Problem> {
        self.context.allow_commit()
    }

    pub(crate) fn memory(&self) -> Memory {
        self.context.token().memory
    }

    /// The key, if there is one.
    pub(crate) fn key(&self) -> Result<Option<OnceKey>, OnceError> {
        let claim = self.claim.as_ref().map_err(Clone::clone)?;
        Ok(claim.as_ref().and_then(|claim| claim.token.key_of(claim.step.as_deref())))
    }

    /// It was committed, or may have been.
    pub(crate) fn spend(&mut self) {
        if let Ok(Some(claim)) = &mut self.claim {
            claim.spent = true;
            if claim.answers {
                claim.token.answered.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// A transaction for a request: it ends with an answer.
#[derive(Clone, Copy, Debug)]
pub enum Answering {}

/// A transaction for an event, a step, or one that may be repeated: it ends without an answer.
#[derive(Clone, Copy, Debug)]
pub enum Silent {}

/// What a write is made for: a request's [`Context`], an event that was
/// [`Received`](crate::event::Received), a [`Step`] of either, or either [`WithoutOnce`].
pub trait Cause {
    /// How it ends: [`Answering`] or [`Silent`].
    type Ending;

    /// Begins a write, which uses the key up.
    #[doc(hidden)]
    fn writing(&self) -> Writing;

    /// The key that a write would have.
    #[doc(hidden)]
    fn peek(&self) -> Option<OnceKey>;
}

impl Cause for Context {
    type Ending = Answering;

    fn writing(&self) -> Writing {
        Writing::answering(self)
    }

    fn peek(&self) -> Option<OnceKey> {
        self.token().key_of(None)
    }
}

/// A write of its own in a request or an event: it happens once, also when the whole is repeated after a crash.
#[derive(Clone, Debug)]
pub struct Step {
    context: Context,
    name: String,
}

impl Step {
    pub(crate) fn new(context: &Context, name: &str) -> Self {
        Self { context: context.clone(), name: name.to_owned() }
    }
}

impl Cause for Step {
    type Ending = Silent;

    fn writing(&self) -> Writing {
        Writing::once(&self.context, Some(&self.name))
    }

    fn peek(&self) -> Option<OnceKey> {
        self.context.token().key_of(Some(&self.name))
    }
}

/// A request or event whose writes happen each time that it is repeated, such as noting that an attempt failed.
#[derive(Clone, Debug)]
pub struct WithoutOnce {
    context: Context,
}

impl WithoutOnce {
    pub(crate) fn new(context: &Context) -> Self {
        Self { context: context.clone() }
    }
}

impl Cause for WithoutOnce {
    type Ending = Silent;

    fn writing(&self) -> Writing {
        Writing::repeatable(&self.context)
    }

    fn peek(&self) -> Option<OnceKey> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(key: Option<&str>) -> Context {
        let key = key.map(|key| OnceKey {
            scope: "u1 POST /things".into(),
            key: key.into(),
            fingerprint: "f".into(),
            keep_seconds: 1,
        });
        Context::default().with_token(Token::new(key, Memory::default()))
    }

    #[test]
    fn a_second_write_of_one_request_is_refused_with_and_without_a_key() {
        for key in [None, Some("k")] {
            let context = context(key);
            let first = context.writing();
            assert!(first.key().is_ok());
            assert!(context.clone().writing().key().is_err(), "{key:?}");
        }
    }

    #[test]
    fn a_write_that_was_not_committed_gives_the_key_back() {
        let context = context(Some("k"));
        drop(context.writing());
        let mut second = context.writing();
        assert!(second.key().is_ok());
        second.spend();
        drop(second);
        assert!(context.writing().key().is_err());
    }

    #[test]
    fn each_step_has_a_key_of_its_own_and_is_done_once() {
        let context = context(Some("k"));
        let keys = [context.peek(), context.step("a").peek(), context.step("b").peek()];
        assert!(keys.iter().all(|key| key.as_ref().is_some_and(|key| key.key == "k")));
        let scopes: BTreeSet<_> = keys.into_iter().flatten().map(|key| key.scope).collect();
        assert_eq!(scopes.len(), 3, "{scopes:?}");
        let mut first = context.step("a").writing();
        first.spend();
        assert!(context.step("a").writing().key().is_err());
        assert!(context.step("b").writing().key().is_ok());
        assert!(context.writing().key().is_ok());
    }

    #[test]
    fn a_step_after_the_answer_is_refused_with_and_without_a_key() {
        for key in [None, Some("k")] {
            let context = context(key);
            drop(context.writing());
            assert!(context.step("before").writing().key().is_ok(), "nothing was committed");
            context.writing().spend();
            let refused = context.step("after").writing().key();
            assert_eq!(refused, Err(OnceError::AfterAnswer { step: "after".into() }), "{key:?}");
            assert!(context.without_once().writing().key().is_ok());
        }
    }

    #[test]
    fn without_once_there_is_no_key_and_any_number_of_writes() {
        let context = context(Some("k"));
        for _ in 0..2 {
            let mut writing = context.without_once().writing();
            assert_eq!(writing.key(), Ok(None));
            writing.spend();
        }
        assert!(context.writing().key().is_ok_and(|key| key.is_some()));
    }
}
