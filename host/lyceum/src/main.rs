//! host/lyceum
fn main() {}
