//! lyceum-bindings
