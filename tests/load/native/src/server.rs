//! The server's parts and its routes.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use sqlx::SqlitePool;

use crate::arguments::Arguments;
use crate::profile::Profile;
use crate::register::Passwords;
use crate::statistics::Statistics;
use crate::token::Tokens;
use crate::writer::Writer;
use crate::{database, headers, hello, lendings, pages, profile, register, statistics};

/// What the handlers share.
pub(crate) struct Server {
    pub(crate) tokens: Tokens,
    pub(crate) profile: Profile,
    pub(crate) readers: SqlitePool,
    pub(crate) writer: Writer,
    pub(crate) passwords: Passwords,
    pub(crate) statistics: Arc<Statistics>,
}

impl Server {
    /// Opens the database and starts the writer.
    pub(crate) async fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&arguments.data)
            .with_context(|| format!("create {}", arguments.data.display()))?;
        let file = arguments.data.join("baseline.db");
        let profile = match &arguments.profile {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
                Profile::parse(&text).with_context(|| format!("parse {}", path.display()))?
            }
            None => Profile::example()?,
        };
        let mut connection = database::open_writer(&file).await?;
        profile.store(&mut connection).await?;
        lendings::store(arguments.copies, &mut connection).await?;
        if let Some(file) = &arguments.pages {
            pages::store(file, profile.user_id(), &mut connection).await?;
        }
        let statistics = Arc::new(Statistics::default());
        Ok(Self {
            tokens: Tokens::new(arguments.cache_tokens),
            profile,
            readers: database::open_readers(&file, arguments.readers).await?,
            writer: Writer::start(connection, Arc::clone(&statistics)),
            passwords: Passwords::new(!arguments.without_password_hash)?,
            statistics,
        })
    }

    /// An access token of the user whose profile it holds.
    pub(crate) fn token(&self) -> anyhow::Result<String> {
        self.tokens.issue(self.profile.user_id())
    }
}

/// The routes.
pub(crate) fn router(server: Server) -> Router {
    let api = Router::new()
        .route("/api/v1/users/me", get(profile::me))
        .route("/api/v1/auth/register", post(register::register))
        .route("/api/v1/lendings", get(pages::show).post(lendings::lend))
        .route("/api/v1/lendings/{id}/return", post(lendings::take_back))
        .fallback(get(pages::show))
        .layer(map_response(headers::protect));
    Router::new()
        .route("/hello", get(hello::hello))
        .merge(api)
        .layer(map_response(headers::correlate))
        .route("/statistics", get(statistics::show))
        .with_state(Arc::new(server))
}

#[cfg(test)]
mod tests;
