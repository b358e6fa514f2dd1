//! lyceum-kit
