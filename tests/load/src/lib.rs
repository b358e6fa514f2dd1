//! lyceum-load
