//! Nothing but dependencies: it makes the host alone (`cargo xtask up`) and the whole workspace with its tests
//! (`cargo xtask test`) agree on their features, so that what the one built is not built once more for the other.
#![forbid(unsafe_code)]
