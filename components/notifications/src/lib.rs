//! lyceum-notifications
