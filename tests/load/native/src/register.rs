//! `POST /api/v1/auth/register`: check, hash, and commit an account with its event.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use argon2::password_hash::SaltString;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::failure::Failure;
use crate::server::Server;
use crate::writer::{Account, Write};

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    email: String,
    password: String,
    display_name: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// What is answered.
#[derive(Serialize)]
struct Registered {
    user_id: String,
    email: String,
    display_name: String,
}

/// The event `lyceum.auth.UserCreated.v1`.
#[derive(Serialize)]
struct UserCreated<'a> {
    user_id: &'a str,
    email: &'a str,
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    roles: [&'static str; 1],
    created_at: i64,
}

/// Hashes passwords, as many at once as there are cores.
pub(crate) struct Passwords {
    /// `None`: SHA-256, for measuring the rest.
    argon2: Option<Argon2<'static>>,
    permits: Semaphore,
}

impl Passwords {
    /// Argon2id with 19 MiB and two passes, as OWASP's Password Storage Cheat Sheet has it, or without.
    pub(crate) fn new(hash: bool) -> anyhow::Result<Self> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| anyhow!("Argon2id: {error}"))?;
        let argon2 = hash.then(|| Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
        let cores = available_parallelism().context("count the cores")?.get();
        Ok(Self { argon2, permits: Semaphore::new(cores) })
    }

    async fn hash(&self, password: String) -> Result<String, Failure> {
        let Some(argon2) = self.argon2.clone() else {
            return Ok(STANDARD_NO_PAD.encode(Sha256::digest(password)));
        };
        let _permit = self.permits.acquire().await.map_err(|_| Failure::Internal)?;
        let hashed = spawn_blocking(move || {
            // 122 random bits; RFC 9106 asks for 128 at best and 64 at least.
            let salt = SaltString::encode_b64(Uuid::new_v4().as_bytes())?;
            argon2.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string())
        });
        hashed.await.map_err(|_| Failure::Internal)?.map_err(|_| Failure::Internal)
    }
}

/// Makes an account, durable when answered.
pub(crate) async fn register(
    State(server): State<Arc<Server>>,
    Json(registration): Json<Registration>,
) -> Result<Response, Failure> {
    let Registration { email, password, display_name, first_name, last_name } = registration;
    check(&email, &password, &display_name)?;
    let id = Uuid::now_v7().to_string();
    let created_at = microseconds();
    let event = UserCreated {
        user_id: &id,
        email: &email,
        display_name: &display_name,
        first_name: first_name.as_deref(),
        last_name: last_name.as_deref(),
        roles: ["student"],
        created_at,
    };
    let event = serde_json::to_string(&event).map_err(|_| Failure::Internal)?;
    let password = server.passwords.hash(password).await?;
    let registered =
        Registered { user_id: id.clone(), email: email.clone(), display_name: display_name.clone() };
    let account = Account { id, email, display_name, password, created_at, event };
    server.writer.write(Write::Account(account)).await?;
    let location = format!("/api/v1/users/{}", registered.user_id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(registered)).into_response())
}

fn check(email: &str, password: &str, display_name: &str) -> Result<(), Failure> {
    if email.len() > 254
        || !email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    {
        return Err(Failure::Invalid("email must be an address"));
    }
    if !(12..=128).contains(&password.chars().count()) {
        return Err(Failure::Invalid("password must have 12 to 128 characters"));
    }
    if display_name.trim().is_empty() || display_name.chars().count() > 100 {
        return Err(Failure::Invalid("display_name must have 1 to 100 characters"));
    }
    Ok(())
}

/// Since 1970-01-01T00:00:00Z.
pub(crate) fn microseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
