//! The rules of accounts and sessions, without storage or transport.

pub(crate) mod access_token;
pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod attempts;
mod common_passwords;
pub(crate) mod library_import;
pub(crate) mod library_key;
pub(crate) mod library_registration;
pub(crate) mod library_role;
pub(crate) mod library_token;
pub(crate) mod password;
pub(crate) mod refresh_token;
pub(crate) mod registration;
pub(crate) mod rotation;
