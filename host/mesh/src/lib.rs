//! lyceum-mesh
