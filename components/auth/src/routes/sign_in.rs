//! Signing in with a password.

use std::time::Duration;

use lyceum_kit::prelude::*;
use serde::Deserialize;

use super::tokens::Tokens;
use crate::domain::account::Status;
use crate::domain::address::Address;
use crate::domain::attempts::Attempts;
use crate::domain::password::{LONGEST, Password};
use crate::store::Credentials;
use crate::{first_admin, passwords, secrets, store};

/// How often a failure is counted anew when others fail at the same time.
const COUNTING_TRIES: usize = 5;

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
#[utoipa::path(post, path = "/api/v1/auth/login", request_body = Login, responses(
    (status = 200, description = "The tokens of a new session", body = Tokens),
    (status = 401, description = "`INVALID_CREDENTIALS`: the address or the password is wrong"),
    (status = 403, description = "`ACCOUNT_NOT_ACTIVE`: suspended or inactive"),
    (status = 429, description = "`TOO_MANY_ATTEMPTS`: wait for `Retry-After`"),
))]
pub(super) async fn login(context: Context, ValidJson(body): ValidJson<Login>) -> Result<Response, Problem> {
    let (email, password) = body.validate()?;
    let key = secrets::attempts_key(&email)?;
    let (attempts, mut credentials) = store::sign_in_state(&email, &key)?;
    if let Some(wait) = attempts.refused_for(clock::now()) {
        return Err(refused(wait));
    }
    if credentials.is_none() && first_admin::is_reserved(&email)? {
        first_admin::ensure(&context.without_once())?;
        (_, credentials) = store::sign_in_state(&email, &key)?;
    }
    let hash = credentials.as_ref().map(|credentials| credentials.password_hash.as_str());
    let verdict = passwords::verify(&password, hash)?;
    match credentials {
        Some(credentials) if verdict.valid => {
            let new_hash = if verdict.needs_rehash { Some(passwords::hash(&password)?) } else { None };
            succeed(&context, &key, &credentials, new_hash.as_deref())
        }
        _ => Err(fail(&context, &key, attempts)?),
    }
}

impl Login {
    fn validate(&self) -> Result<(Address, Password), Problem> {
        let mut fields = Validation::new();
        let address = self.email.parse::<Address>();
        let address = address.map_err(|error| Violation::new("NOT_AN_ADDRESS", error.to_string()));
        let address = fields.take("/email", address);
        let fits = self.password.chars().count() <= LONGEST;
        fields.check("/password", fits, "PASSWORD_TOO_LONG", "Must have at most 128 characters.");
        match address {
            Some(address) if fits => Ok((address, Password::prepare(&self.password))),
            _ => Err(fields.problem()),
        }
    }
}

fn succeed(
    context: &Context,
    key: &str,
    credentials: &Credentials,
    new_hash: Option<&str>,
) -> Result<Response, Problem> {
    let account = &credentials.account;
    if account.status != Status::Active {
        return Err(Problem::forbidden("This account is not active.").with_code("ACCOUNT_NOT_ACTIVE"));
    }
    let now = clock::now();
    let (session, token) = (ids::new(), secrets::refresh_token()?);
    let mut transaction = context
        .begin()
        .execute(store::unchanged(account))
        .expect_rows(1)
        .on_missing(|| Problem::unavailable(Duration::from_secs(1)))
        .execute(store::refusals(key, now))
        .expect_rows(0)
        .on_missing(|| refused(Duration::from_secs(1)))
        .execute(store::clear_attempts(key));
    if let Some(new) = new_hash {
        transaction = transaction.execute(store::replace_hash(account.id, &credentials.password_hash, new));
    }
    let tokens = Tokens::issue(account, session, &token, now)?;
    store::open_session(transaction, session, account.id, &token, now).respond(tokens).commit()
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
