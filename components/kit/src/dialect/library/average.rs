//! Averages as the older library gave them.

/// `sum / of` with one decimal, a half away from zero; none of nothing.
///
/// ```
/// # use lyceum_kit::dialect::tenths;
/// assert_eq!((tenths(5, 4), tenths(1, 20), tenths(0, 3), tenths(0, 0)), (Some(1.3), Some(0.1), Some(0.0), None));
/// ```
#[expect(clippy::cast_precision_loss, reason = "far below what a float holds exactly")]
pub fn tenths(sum: i64, of: i64) -> Option<f64> {
    (of != 0).then(|| (sum as f64 * 10.0 / of as f64).round() / 10.0)
}
