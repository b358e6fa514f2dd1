//! Randomness fit for secrets, from the host.

use crate::{log, problem::Problem};

/// `N` unpredictable bytes. Fails with a 500 problem when the host has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        log::error(error.to_string());
        Problem::internal()
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_are_the_same() {
        assert_ne!(super::bytes::<16>().unwrap(), super::bytes::<16>().unwrap());
    }
}
