//! Parameters of a query as this contract's clients give them: unknown ones are ignored, and of one that is given twice the
//! last counts.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lyceum_kit::prelude::*;

use crate::domain::Environment;

/// The query. An extractor that never refuses; its methods do: 422 in this contract's dialect.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

impl Parameters {
    fn of(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A text that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| wrong(name, "REQUIRED", "Field required"))
    }

    /// A text under this rule.
    pub(crate) fn ruled(
        &self,
        name: &str,
        rule: impl FnOnce(Option<&str>) -> Result<(), Violation>,
    ) -> Result<Option<&str>, Problem> {
        let text = self.text(name);
        rule(text).map_err(|violation| refused(name, violation, text))?;
        Ok(text)
    }

    /// An integer.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.read(name, "Input should be a valid integer, unable to parse string as an integer")
    }

    /// An integer from `least` to `most`; `default` if it isn't given.
    pub(crate) fn within(&self, name: &str, least: i64, most: i64, default: i64) -> Result<i64, Problem> {
        let number = self.integer(name)?.unwrap_or(default);
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        let message = format!("Input should be from {least} to {most}");
        Err(refused(name, Violation::new("OUT_OF_RANGE", message), self.text(name)))
    }

    /// A truth value; any of the words that this contract's clients have for one.
    pub(crate) fn truth(&self, name: &str) -> Result<Option<bool>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "on" | "t" => Ok(Some(true)),
            "false" | "0" | "no" | "n" | "off" | "f" => Ok(Some(false)),
            _ => {
                let message = "Input should be a valid boolean, unable to interpret input";
                Err(refused(name, Violation::new("WRONG_TYPE", message), Some(text)))
            }
        }
    }

    /// The parameter `environment`.
    pub(crate) fn environment(&self) -> Result<Option<Environment>, Problem> {
        let Some(text) = self.text("environment") else { return Ok(None) };
        Environment::from_name(text).map(Some).ok_or_else(|| {
            let message = "Input should be 'development', 'staging', 'production' or 'all'";
            refused("environment", Violation::new("NOT_ALLOWED", message), Some(text))
        })
    }

    fn read<T: FromStr>(&self, name: &str, message: &'static str) -> Result<Option<T>, Problem> {
        let read = |text: &str| {
            let parsed = text.trim().parse();
            parsed.map_err(|_| refused(name, Violation::new("WRONG_TYPE", message), Some(text)))
        };
        self.text(name).map(read).transpose()
    }
}

fn wrong(name: &str, code: &'static str, message: &'static str) -> Problem {
    refused(name, Violation::new(code, message), None)
}

fn refused(name: &str, violation: Violation, given: Option<&str>) -> Problem {
    let violation = violation.at(format!("/query/{name}"));
    Problem::malformed(FieldViolation { rejected: given.map(ToOwned::to_owned), ..violation })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_several_counts_and_what_is_wrong_is_named() {
        let query = Parameters::of("a=1&a=2&on=YES&off=0&bad=perhaps&environment=staging&n=7&x=seven&e=");
        assert_eq!((query.text("a"), query.text("e"), query.text("none")), (Some("2"), Some(""), None));
        assert_eq!(query.truth("on").unwrap(), Some(true));
        assert_eq!(query.truth("off").unwrap(), Some(false));
        assert_eq!(query.environment().unwrap(), Some(Environment::Staging));
        assert_eq!((query.integer("n").unwrap(), query.within("none", 1, 9, 5).unwrap()), (Some(7), 5));
        for problem in [
            query.truth("bad").unwrap_err(),
            query.integer("x").unwrap_err(),
            query.integer("e").unwrap_err(),
            query.within("n", 1, 6, 1).unwrap_err(),
            query.required("none").unwrap_err(),
        ] {
            assert_eq!(problem.violations().len(), 1);
            assert!(problem.violations()[0].pointer.starts_with("/query/"));
        }
    }
}
