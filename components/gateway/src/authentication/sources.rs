//! What authentication has to ask others.

use std::{fmt::Display, time::Duration};

use http::{Request, Response};
use lyceum_kit::{block_on::block_on, body::collect, http::send_all_within, prelude::*};

use super::{
    key_set::KeySet,
    long_sessions, revocation,
    shared_keys::{self, Shared},
};

/// How long auth may take to hand out its keys.
const KEY_SET_LIMIT: Duration = Duration::from_secs(2);
/// When to try again after something could not be asked.
const RETRY: Duration = Duration::from_secs(2);

/// Where keys and the ends of sessions are known. A problem is 503: no answer
/// must never mean that a token is good.
pub(super) trait Sources {
    /// The keys that another instance shares, as far as there are any.
    fn shared(&self) -> Option<Shared>;
    /// The keys that auth has now, which are shared from then on.
    fn key_set(&self, now: i64) -> Result<KeySet, Problem>;
    fn has_ended(&self, session: &str) -> Result<bool, Problem>;
    /// Whether a session lasts, for tokens that live longer than ends of sessions are remembered. While that can't be
    /// known it is taken to last.
    fn lasts(&self, session: &str) -> bool;
}

/// The component auth, and the bucket of ended sessions.
pub(super) struct Host;

impl Sources for Host {
    fn shared(&self) -> Option<Shared> {
        shared_keys::read()
    }

    fn key_set(&self, now: i64) -> Result<KeySet, Problem> {
        let url = format!("{}/.well-known/jwks.json", service_url("auth"));
        let request = Request::get(url).body(Body::empty()).map_err(|_| Problem::internal())?;
        let (answer, _) =
            send_all_within(vec![request], KEY_SET_LIMIT).pop().ok_or_else(Problem::internal)?;
        let answer = answer.map_err(|error| unknowable(&error))?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Err(unknowable(&format_args!("auth answers {status}")));
        }
        let json = read(answer)?;
        let keys = KeySet::parse(&json).map_err(|error| unknowable(&error))?;
        shared_keys::write(&json, now);
        Ok(keys)
    }

    fn has_ended(&self, session: &str) -> Result<bool, Problem> {
        revocation::has_ended(session).map_err(|error| unknowable(&error))
    }

    fn lasts(&self, session: &str) -> bool {
        long_sessions::lasts(session)
    }
}

fn read(answer: Response<Body>) -> Result<Bytes, Problem> {
    let body = block_on(collect(answer.into_body())).ok_or_else(Problem::internal)?;
    body.map_err(|problem| unknowable(&problem.detail()))
}

fn unknowable(reason: &impl Display) -> Problem {
    log::error(format!("whether a token is good can't be known: {reason}"));
    Problem::unavailable(RETRY).with_detail("Who is calling can't be found out at present; try again later.")
}
