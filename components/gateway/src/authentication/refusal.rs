//! Why a token isn't good, and what its sender is told.

use http::{HeaderValue, StatusCode, header};
use lyceum_kit::prelude::*;

/// Why a token isn't good.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it is not an access token")]
    Malformed,
    #[error("it is signed in another way than access tokens are")]
    Algorithm,
    #[error("it is signed with an unknown key")]
    UnknownKey,
    #[error("its signature is wrong")]
    Forged,
    #[error("it is not from here")]
    Issuer,
    #[error("it is meant for somebody else")]
    Audience,
    #[error("it is not valid yet")]
    NotYetValid,
    #[error("it is valid for too long")]
    Lifetime,
    #[error("it has expired")]
    Expired,
    #[error("its session has ended")]
    Ended,
}

impl Refusal {
    /// So that a program knows whether a refresh helps.
    const fn code(self) -> &'static str {
        match self {
            Self::Expired => "TOKEN_EXPIRED",
            Self::Ended => "SESSION_ENDED",
            _ => "INVALID_TOKEN",
        }
    }
}

impl From<Refusal> for Problem {
    /// 401 with the challenge of RFC 6750, section 3.1.
    fn from(refusal: Refusal) -> Self {
        let detail = format!("The access token is not valid: {refusal}.");
        Self::new(StatusCode::UNAUTHORIZED, refusal.code(), detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
    }
}
