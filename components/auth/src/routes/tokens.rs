//! Tokens as clients get them, and the exchange of refresh tokens.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::access_token::{Claims, LIFETIME_SECONDS};
use crate::domain::account::{Account, Status};
use crate::domain::refresh_token::RefreshToken;
use crate::events::EndReason;
use crate::{secrets, store};

/// The tokens of a session: RFC 6749, section 5.1.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Tokens {
    /// A JWT for `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Good once, for 30 days: exchange it for the next tokens.
    refresh_token: String,
}

/// The body of an exchange.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    refresh_token: String,
}

impl Tokens {
    /// The answer that gives an account the tokens of its session.
    pub(super) fn issue(
        account: &Account,
        session: Uuid,
        refresh_token: &RefreshToken,
        now: Timestamp,
    ) -> Result<Response, Problem> {
        let claims = Claims {
            sub: &account.id.to_string(),
            sid: &session.to_string(),
            roles: &account.roles.names(),
            jti: &ids::new().to_string(),
            iat: now.as_seconds(),
        };
        let access_token = secrets::issuer()?.sign(&claims).map_err(|error| {
            log::error(error.to_string());
            Problem::internal()
        })?;
        let tokens = Self {
            access_token,
            token_type: "Bearer",
            expires_in: LIFETIME_SECONDS,
            refresh_token: refresh_token.expose(),
        };
        Ok(([(header::CACHE_CONTROL, "no-store")], Json(tokens)).into_response())
    }
}

/// Exchanges a refresh token for new tokens.
///
/// Each refresh token is good once. Using one a second time ends its session, since somebody else
/// must have it.
#[utoipa::path(post, path = "/api/v1/auth/refresh", request_body = Refresh, responses(
    (status = 200, description = "The next tokens of the session", body = Tokens),
    (status = 401, description = "`INVALID_REFRESH_TOKEN`: unknown, used, expired, or its session has ended"),
))]
pub(super) async fn refresh(
    context: Context,
    ValidJson(body): ValidJson<Refresh>,
) -> Result<Response, Problem> {
    let token = RefreshToken::parse(&body.refresh_token).ok_or_else(invalid)?;
    let presented = store::presented(&token)?.ok_or_else(invalid)?;
    let (account, session, now) = (&presented.account, presented.session_id, clock::now());
    if presented.session_ended_at.is_some() || account.status != Status::Active {
        return Err(invalid());
    }
    if presented.used_at.is_some() {
        return Err(stolen(&context, account.id, session)?);
    }
    if presented.expires_at <= now {
        return Err(invalid());
    }
    let next = secrets::refresh_token()?;
    let tokens = Tokens::issue(account, session, &next, now)?;
    match store::rotate(context.begin(), session, &token, &next, now).respond(tokens).try_commit() {
        Ok(response) => Ok(response),
        Err(TransactionError::Sql(SqlError::Expectation(0))) => Err(stolen(&context, account.id, session)?),
        Err(TransactionError::Sql(SqlError::Expectation(_))) => Err(invalid()),
        Err(error) => Err(error.into()),
    }
}

/// A token came a second time: neither holder can be told from the thief, so the session ends
/// (RFC 9700, section 4.14.2).
fn stolen(context: &Context, account: Uuid, session: Uuid) -> Result<Problem, Problem> {
    log::warn("a refresh token was used twice; its session ends");
    let transaction = context.without_once().begin();
    let ending = store::end_session(transaction, account, session, clock::now(), EndReason::TokenReused);
    match ending.commit() {
        // Missed: it has ended meanwhile.
        Ok(_) | Err(TransactionError::Sql(SqlError::Expectation(_))) => Ok(invalid()),
        Err(error) => Err(error.into()),
    }
}

fn invalid() -> Problem {
    Problem::unauthorized("The refresh token is not good any more; sign in again.")
        .with_code("INVALID_REFRESH_TOKEN")
}
