//! lyceum-private-servers
