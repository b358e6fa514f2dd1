//! Private copies of real servers, for tests and for trying things out.
//!
//! A server started here has a free port and a temporary folder of its own, and needs nothing but its
//! installed program. It ends, and its folder goes, when the value is dropped, and also when the process
//! that started it ends in any other way, `kill -9` included. Its data is not meant to survive a loss of
//! power.
//!
//! Start with [`PostgresServer::start`] or [`RedisServer::start`]; one server is enough for a test binary (keep it in a `OnceLock`),
//! since
//! [`PostgresServer::create_database`] gives each test a database of its own.

#![forbid(unsafe_code)]

mod authority;
mod daemon;
mod haproxy;
mod mongodb;
mod nats;
mod postgres;
mod process;
mod program;
mod programs;
mod proxy;
mod redis;
mod s3;
mod server;
mod servers;
mod smtp;
mod watcher;

pub use authority::{Authority, Certificate};
pub use haproxy::HaproxyServer;
pub use mongodb::MongodbServer;
pub use nats::NatsServer;
pub use postgres::PostgresServer;
pub use program::Program;
pub use programs::npm::installed as node_package;
pub use programs::pip::installed as python_package;
pub use programs::ready as debian_program;
pub use proxy::Proxy;
pub use redis::RedisServer;
pub use s3::S3Server;
pub use server::Server;
pub use servers::Servers;
pub use smtp::SmtpServer;
