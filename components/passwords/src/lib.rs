//! lyceum-passwords
