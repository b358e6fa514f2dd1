//! lyceum-auth
