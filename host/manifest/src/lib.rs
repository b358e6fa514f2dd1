//! lyceum-manifest
