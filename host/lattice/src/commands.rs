//! One module for each subcommand.

pub(crate) mod configure;
pub(crate) mod deploy;
pub(crate) mod host;
pub(crate) mod par;
pub(crate) mod status;
pub(crate) mod undeploy;
pub(crate) mod wadm;
