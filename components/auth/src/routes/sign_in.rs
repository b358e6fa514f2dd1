//! Signing in with a password.

use std::time::Duration;

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::Deserialize;

use super::tokens::Tokens;
use crate::domain::account::{Account, Status};
use crate::domain::address::Address;
use crate::domain::attempts::Attempts;
use crate::domain::password::{Password, Weakness};
use crate::domain::rotation::KEY_MEMORY;
use crate::secrets::{self, Opening, RequestKey};
use crate::store::{Credentials, Lifetime};
use crate::{first_admin, passwords, store};

/// How often a failure is counted anew when others fail at the same time.
const COUNTING_TRIES: usize = 5;
/// How often a session is opened that the same request opens at the same time: the second time it is there.
const OPENING_TRIES: usize = 2;

/// The body of a sign-in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    #[schema(example = "ada@example.org")]
    email: String,
    #[schema(example = "horse battery staple", format = Password)]
    password: String,
}

/// Signs in: opens a session and gives its first tokens.
///
/// The answer is the same, and takes as long, whether nobody has the address or the password is
/// wrong. After three failures further sign-ins to the address are refused unseen for a while,
/// which doubles with each failure.
///
/// Repeated for a day with the same `Idempotency-Key`, it gives the same tokens of the same session.
/// Repeated without one it opens another session; that of an answer that was lost stands in the list of
/// sessions until it is ended or 30 days have passed.
#[utoipa::path(post, path = "/api/v1/auth/login", request_body = Login,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request again gets the same tokens")),
    responses(
        (status = 200, description = "The tokens of a new session", body = Tokens),
        (status = 401, description = "`INVALID_CREDENTIALS`: the address or the password is wrong"),
        (status = 403, description = "`ACCOUNT_NOT_ACTIVE`: suspended or inactive"),
        (status = 429, description = "`TOO_MANY_ATTEMPTS`: wait for `Retry-After`"),
    ))]
pub(super) async fn login(
    context: Context,
    headers: HeaderMap,
    ValidJson(body): ValidJson<Login>,
) -> Result<Response, Problem> {
    let (email, password) = body.validate()?;
    let request = RequestKey::of(&headers)?;
    // Once more from the password, should the account change while that is compared.
    again(|| succeed(&context, &prove(&context, &email, &password)?, request.as_ref()))
}

/// Somebody who gave an account's password.
pub(crate) struct Proven {
    pub(crate) account: Account,
    attempts_key: String,
    password_hash: String,
    /// With better parameters than the stored one's, if that needs it.
    new_hash: Option<String>,
}

/// Whose address and password these are. Anything else is counted and refused: `INVALID_CREDENTIALS`,
/// `TOO_MANY_ATTEMPTS`.
pub(crate) fn prove(context: &Context, email: &Address, password: &Password) -> Result<Proven, Problem> {
    let key = secrets::attempts_key(email)?;
    let (attempts, mut credentials) = store::sign_in_state(email, &key)?;
    if let Some(wait) = attempts.refused_for(clock::now()) {
        return Err(refused(wait));
    }
    if credentials.is_none() && first_admin::is_reserved(email)? {
        first_admin::ensure(&context.without_once())?;
        (_, credentials) = store::sign_in_state(email, &key)?;
    }
    let hash = credentials.as_ref().map(|credentials| credentials.password_hash.as_str());
    let verdict = passwords::verify(password, hash)?;
    match credentials {
        Some(Credentials { account, password_hash }) if verdict.valid => {
            let new_hash = if verdict.needs_rehash { Some(passwords::hash(password)?) } else { None };
            Ok(Proven { account, attempts_key: key, password_hash, new_hash })
        }
        _ => Err(fail(context, &key, attempts)?),
    }
}

impl Proven {
    /// What opens a session begins so: nothing about the account changed meanwhile, or it is [`Problem::changed_meanwhile`],
    /// and nobody guessed.
    pub(crate) fn begin(&self, context: &Context, now: Timestamp) -> Transaction<Silent> {
        let transaction = context
            .without_once()
            .begin()
            .execute(store::unchanged(&self.account))
            .expect_rows(1)
            .execute(store::refusals(&self.attempts_key, now))
            .expect_rows(0)
            .on_missing(|| refused(Duration::from_secs(1)))
            .execute(store::clear_attempts(&self.attempts_key));
        match &self.new_hash {
            Some(new) => transaction.execute(store::replace_hash(self.account.id, &self.password_hash, new)),
            None => transaction,
        }
    }
}

impl Login {
    fn validate(&self) -> Result<(Address, Password), Problem> {
        let mut fields = Validation::new();
        let address = self.email.parse::<Address>();
        let address = address.map_err(|error| Violation::new("NOT_AN_ADDRESS", error.to_string()));
        let address = fields.take("/email", address);
        let too_long = |_| Violation::new(Weakness::TooLong.code(), Weakness::TooLong.to_string());
        let password = fields.take("/password", Password::prepare(&self.password).map_err(too_long));
        match (address, password) {
            (Some(address), Some(password)) => Ok((address, password)),
            _ => Err(fields.problem()),
        }
    }
}

fn succeed(context: &Context, proven: &Proven, request: Option<&RequestKey>) -> Result<Response, Problem> {
    let account = &proven.account;
    if account.status != Status::Active {
        return Err(Problem::forbidden("This account is not active.").with_code("ACCOUNT_NOT_ACTIVE"));
    }
    for _ in 0..OPENING_TRIES {
        let now = clock::now();
        let (opening, began) = opening(account.id, request, now)?;
        let Opening { session, token } = opening;
        if let Some(began) = began {
            return Tokens::issue(account, session, &token, began);
        }
        let transaction = proven.begin(context, now);
        match store::open_session(transaction, session, account.id, &token, now).commit() {
            Ok(_) => return Tokens::issue(account, session, &token, now),
            // The same request was quicker; its session is there now.
            Err(TransactionError::Sql(SqlError::Unique(_))) if request.is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(Duration::from_secs(1)))
}

/// The session to open; or the one that the same request opened, and when.
fn opening(
    account: Uuid,
    request: Option<&RequestKey>,
    now: Timestamp,
) -> Result<(Opening, Option<Timestamp>), Problem> {
    let Some(request) = request else { return Ok((Opening::random()?, None)) };
    let session = Opening::session_of(account, request)?;
    match store::lifetime(session, account)? {
        None => Ok((Opening::of_request(session, now, request)?, None)),
        Some(Lifetime { created_at, ended_at: None }) if now.since(created_at) <= KEY_MEMORY => {
            Ok((Opening::of_request(session, created_at, request)?, Some(created_at)))
        }
        // The key is an old one.
        Some(_) => Ok((Opening::random()?, None)),
    }
}

/// Counts a failure, and says what to answer.
fn fail(context: &Context, key: &str, mut before: Attempts) -> Result<Problem, Problem> {
    for _ in 0..COUNTING_TRIES {
        let now = clock::now();
        // Guesses made at the same time are judged one after the other here.
        if let Some(wait) = before.refused_for(now) {
            return Ok(refused(wait));
        }
        let counted = store::record_attempts(key, before, before.failed(now));
        match context.without_once().begin().execute(counted).expect_rows(1).commit() {
            Ok(_) => return Ok(wrong()),
            Err(TransactionError::Sql(SqlError::Expectation(_))) => before = store::attempts(key)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(refused(Duration::from_secs(1)))
}

fn wrong() -> Problem {
    Problem::unauthorized("The address or the password is wrong.").with_code("INVALID_CREDENTIALS")
}

fn refused(wait: Duration) -> Problem {
    Problem::too_many_requests(wait).with_code("TOO_MANY_ATTEMPTS")
}
