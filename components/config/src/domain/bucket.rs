//! To which hundredth of all people somebody belongs, for one flag.

use sha2::{Digest as _, Sha256};

/// From 0 to 99: the first eight bytes of the SHA-256 of `FLAGKEY_USERID`, as a number, modulo 100. It is the same wherever and
/// whenever it is asked, so who is in at some percentage is in at any higher one.
pub(crate) fn bucket(flag_key: &str, user: &str) -> u8 {
    let digest = Sha256::digest(format!("{flag_key}_{user}"));
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    u8::try_from(number % 100).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_what_anybody_can_calculate() {
        // python3: int.from_bytes(sha256(b"new_editor_7").digest()[:8]) % 100
        assert_eq!((bucket("new_editor", "7"), bucket("new_editor", "8"), bucket("a", "")), GOLDEN);
    }

    const GOLDEN: (u8, u8, u8) = (28, 12, 11);

    proptest! {
        #[test]
        fn the_share_of_people_is_near_the_percentage(key in "[a-z_]{1,20}", percentage in 1_u8..100) {
            let within = (0..4_000).filter(|user| bucket(&key, &user.to_string()) < percentage).count();
            let wanted = f64::from(percentage) * 40.0;
            // Five standard deviations of a binomial distribution.
            let deviation = (4_000.0 * f64::from(percentage) / 100.0 * (1.0 - f64::from(percentage) / 100.0)).sqrt();
            let found = f64::from(u32::try_from(within).unwrap());
            prop_assert!((found - wanted).abs() < 5.5 * deviation, "{found} of {wanted}");
        }

        #[test]
        fn somebody_has_one_place_from_0_to_99(key in "[a-z_]{1,20}", user in ".{0,40}") {
            prop_assert!(bucket(&key, &user) < 100);
            prop_assert_eq!(bucket(&key, &user), bucket(&key, &user));
        }
    }
}
