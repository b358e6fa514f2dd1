//! The command line.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Parser;

/// A native server with the routes that Lyceum's benchmark measures.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// The folder of the database; created when missing
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// A file with the JSON object that GET /api/v1/users/me is to answer, with a member `user_id`; its
    /// members become the columns of a row, and each answer is built from the row
    #[arg(long)]
    pub(crate) profile: Option<PathBuf>,
    /// Copies `copy-1` and so on to be lent, and readers `2025/2` and so on
    #[arg(long, default_value = "0")]
    pub(crate) copies: u32,
    /// A file with a page a line, as JSON: `path` with its query, `answer`, and perhaps `access`, the course that its reader is
    /// enrolled in, or `search`, with so many `rows` of a `text` among which `words` are looked for
    #[arg(long)]
    pub(crate) pages: Option<PathBuf>,
    /// Remember verified tokens, as a server does that does not verify the same signature again
    #[arg(long)]
    pub(crate) cache_tokens: bool,
    /// Store passwords under SHA-256 instead of Argon2id, to measure a registration without the hash's cost
    #[arg(long)]
    pub(crate) without_password_hash: bool,
    /// Connections to the database for reading
    #[arg(long, default_value = "4")]
    pub(crate) readers: NonZeroU32,
}
