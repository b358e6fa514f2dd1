//! What an operator may set.

use std::time::Duration;

use lyceum_kit::prelude::*;

use super::error::RulesError;

/// The largest file that the service's and the gateway's limits let through, in bytes.
const LARGEST: i64 = 52_428_800;
/// How long an upload may take: a day.
pub(crate) const UPLOAD_LIFE: Duration = Duration::from_hours(24);
/// Parts that an upload may have.
pub(crate) const PARTS: u16 = 100;

/// The limits of what is taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Rules {
    /// Of one file, in bytes.
    pub(crate) largest: i64,
    /// Of all files of a person, in bytes.
    pub(crate) quota: i64,
    /// Extensions, in lower case.
    pub(crate) allowed: Vec<String>,
}

impl Rules {
    /// As the manifest's variables say.
    pub(crate) fn get() -> Result<Self, RulesError> {
        Ok(Self {
            largest: number("max_file_size")?.min(LARGEST),
            quota: number("quota")?,
            allowed: extensions(&config::required("allowed_types")?),
        })
    }
}

fn number(name: &'static str) -> Result<i64, RulesError> {
    let text = config::required(name)?;
    text.parse().ok().filter(|number| *number > 0).ok_or(RulesError::NotANumber(name))
}

fn extensions(text: &str) -> Vec<String> {
    let separators = |c: char| c == ',' || c.is_whitespace();
    text.split(separators).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use lyceum_kit::testing::configure;

    use super::*;

    #[test]
    fn an_operator_sets_them() {
        for (name, value) in
            [("max_file_size", "99999999999"), ("quota", "7"), ("allowed_types", "PDF, md txt")]
        {
            configure(name, value);
        }
        let allowed = ["pdf", "md", "txt"].map(str::to_owned).to_vec();
        assert_eq!(Rules::get().unwrap(), Rules { largest: LARGEST, quota: 7, allowed });
        configure("quota", "much");
        assert_eq!(Rules::get(), Err(RulesError::NotANumber("quota")));
    }
}
