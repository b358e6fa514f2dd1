//! lyceum-users
