//! lyceum-runtime
