//! Reading `/metrics` (OpenMetrics text).

use std::collections::BTreeMap;

/// Values by series, such as `lyceum_sql_commits_total{service="auth"}`.
#[derive(Debug, Default)]
pub(super) struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    pub(super) fn parse(text: &str) -> Self {
        let series = text.lines().filter(|line| !line.starts_with('#'));
        let series = series.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Self(series.collect())
    }

    /// The sum over all series of this name whose label has this value; over all without one.
    pub(super) fn sum(&self, name: &str, label: Option<&str>) -> f64 {
        let is_meant = |series: &str| {
            let labels = series.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('{'));
            labels.is_some_and(|labels| label.is_none_or(|value| labels.contains(&format!("\"{value}\""))))
        };
        self.0.iter().filter(|(series, _)| is_meant(series)).map(|(_, value)| value).sum()
    }

    /// The same for what counts.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole")]
    pub(super) fn count(&self, name: &str, label: Option<&str>) -> u64 {
        self.sum(name, label).max(0.0).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_told_apart_by_name_and_label() {
        let text =
            "# HELP a x\na_total{s=\"one\"} 1\na_total{s=\"two\"} 2.5\na_total_more{s=\"one\"} 9\n# EOF\n";
        let metrics = Metrics::parse(text);
        assert!((metrics.sum("a_total", None) - 3.5).abs() < 1e-9);
        assert_eq!(metrics.count("a_total", Some("one")), 1);
        assert_eq!(metrics.count("b", None), 0);
    }
}
