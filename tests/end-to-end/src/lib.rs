//! lyceum-end-to-end
