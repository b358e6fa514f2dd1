//! Tokens as clients get them, and the exchange of refresh tokens.

use std::time::Duration;

use lyceum_event_types::auth::EndReason;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::access_token::{Claims, LIFETIME_SECONDS};
use crate::domain::account::{Account, Status};
use crate::domain::refresh_token::RefreshToken;
use crate::domain::rotation::{Exchange, Shown};
use crate::secrets::{self, RequestKey};
use crate::store;

/// How often a token is looked at that others exchange at the same moment: the second time it is exchanged.
const TRIES: usize = 2;

/// The tokens of a session: RFC 6749, section 5.1.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Tokens {
    /// A JWT for `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Good for 30 days: exchange it for the next tokens, once.
    refresh_token: String,
}

/// The body of an exchange.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    refresh_token: String,
}

impl Tokens {
    /// The answer that gives an account the tokens of its session. It follows from what is given
    /// alone, so that a request that is repeated gets the same bytes, and none of them are stored.
    pub(super) fn issue(
        account: &Account,
        session: Uuid,
        refresh_token: &RefreshToken,
        issued_at: Timestamp,
    ) -> Result<Response, Problem> {
        let claims = Claims {
            sub: &account.id.to_string(),
            sid: &session.to_string(),
            roles: &account.roles.names(),
            jti: &Uuid::new_v5(&session, refresh_token.digest().as_bytes()).to_string(),
            iat: issued_at.as_seconds(),
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
/// Each refresh token is exchanged once. Shown again within the grace (10 seconds, if the operator
/// says nothing else), or for a day with the same `Idempotency-Key`, it gets the same tokens: several
/// windows may refresh at once, and a request whose answer was lost may be repeated. Shown later, it
/// ends its session, since somebody else must have it.
#[utoipa::path(post, path = "/api/v1/auth/refresh", request_body = Refresh,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request again gets the same tokens")),
    responses(
        (status = 200, description = "The next tokens of the session", body = Tokens),
        (status = 401, description = "`INVALID_REFRESH_TOKEN`: unknown, used, expired, or its session has ended"),
    ))]
pub(super) async fn refresh(
    context: Context,
    headers: HeaderMap,
    ValidJson(body): ValidJson<Refresh>,
) -> Result<Response, Problem> {
    let token = RefreshToken::parse(&body.refresh_token).ok_or_else(invalid)?;
    let (next, grace) = (secrets::successor(&token)?, secrets::refresh_grace()?);
    let key = RequestKey::of(&headers)?.map(|key| key.as_str().to_owned());
    for _ in 0..TRIES {
        let presented = store::presented(&token)?.ok_or_else(invalid)?;
        let (account, session, now) = (&presented.account, presented.session_id, clock::now());
        if presented.session_ended_at.is_some() || account.status != Status::Active {
            return Err(invalid());
        }
        match Shown::judge(presented.exchange.as_ref(), key.as_deref(), now, grace) {
            Shown::Again(then) => return Tokens::issue(account, session, &next, then),
            Shown::Reused => return Err(stolen(&context, account.id, session)?),
            Shown::First if presented.expires_at <= now => return Err(invalid()),
            Shown::First => {}
        }
        let exchange = Exchange { at: now, key: key.clone() };
        match store::rotate(context.without_once().begin(), session, &token, &next, &exchange).commit() {
            Ok(_) => return Tokens::issue(account, session, &next, now),
            // Exchanged at this moment: how, decides what this is.
            Err(TransactionError::Sql(SqlError::Expectation(0))) => {}
            Err(TransactionError::Sql(SqlError::Expectation(_))) => return Err(invalid()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(Duration::from_secs(1)))
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
