//! tests/load/native
fn main() {}
