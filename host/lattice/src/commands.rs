//! One module for each subcommand.

pub(crate) mod check;
pub(crate) mod configure;
pub(crate) mod deploy;
pub(crate) mod host;
pub(crate) mod keys;
pub(crate) mod metrics;
pub(crate) mod par;
pub(crate) mod promote;
pub(crate) mod release;
pub(crate) mod scale;
pub(crate) mod status;
pub(crate) mod undeploy;
pub(crate) mod wadm;
pub(crate) mod weights;
pub(crate) mod withdraw;
