//! Whether a flag is on for somebody: the contract's table, the first row that fits; and before the rows of the percentage, the
//! flag's own rules, which a flag of this contract's clients doesn't have.

use lyceum_kit::prelude::*;
use serde_json::{Map, Value as Json};

use super::Environment;
use super::bucket::bucket;
use super::flag::Flag;
use super::rules::{Condition, Rule};
use lyceum_kit::dialect::Moment;

/// So many flags may be asked for one after another before one of them is off.
const DEEPEST: usize = 10;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Asker<'a> {
    /// The person, by whatever names them everywhere.
    pub(crate) user: Option<&'a str>,
    pub(crate) roles: &'a [String],
    pub(crate) attributes: &'a Map<String, Json>,
    /// Where, if that is asked for.
    pub(crate) environment: Option<Environment>,
    pub(crate) now: Timestamp,
    /// From 0 to 99, by chance: for a percentage of nobody in particular.
    pub(crate) draw: u8,
}

/// Why a flag is on or off.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Cause {
    Missing,
    Elsewhere,
    Expired,
    Disabled,
    /// The rule with this name.
    Rule(String),
    /// For all or for nobody.
    Whole,
    /// By where the person stands among a hundred.
    Share,
    /// By chance.
    Draw,
}

/// An answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Evaluation {
    pub(crate) is_enabled: bool,
    pub(crate) user_qualified: bool,
    pub(crate) reason: String,
    pub(crate) cause: Cause,
}

impl Evaluation {
    fn off(reason: impl Into<String>, cause: Cause) -> Self {
        Self { is_enabled: false, user_qualified: false, reason: reason.into(), cause }
    }

    fn of(flag: &Flag, user_qualified: bool, cause: Cause) -> Self {
        let reason = if user_qualified {
            "User qualifies for rollout".to_owned()
        } else {
            format!("User does not qualify for {}% rollout", flag.rollout_percentage)
        };
        Self { is_enabled: true, user_qualified, reason, cause }
    }

    /// Whether it is on.
    pub(crate) const fn is_on(&self) -> bool {
        self.is_enabled && self.user_qualified
    }
}

/// Of the flag with this key, if there is one; `find` knows the flags that it depends on.
pub(crate) fn evaluate<'f>(
    flag: Option<&'f Flag>,
    asker: &Asker<'_>,
    find: &dyn Fn(&str) -> Option<&'f Flag>,
) -> Evaluation {
    evaluate_below(flag, asker, find, DEEPEST)
}

fn evaluate_below<'f>(
    flag: Option<&'f Flag>,
    asker: &Asker<'_>,
    find: &dyn Fn(&str) -> Option<&'f Flag>,
    deepest: usize,
) -> Evaluation {
    let Some(flag) = flag else { return Evaluation::off("Flag not found", Cause::Missing) };
    if let Some(asked) = asker.environment
        && flag.environment != Environment::All
        && flag.environment != asked
    {
        let reason = format!("Environment mismatch: flag is for {}, requested {asked}", flag.environment);
        return Evaluation::off(reason, Cause::Elsewhere);
    }
    if flag.expires_at.is_some_and(|end| end <= asker.now) {
        return Evaluation::off(format!("Flag expired at {}", Moment(flag.ends_at).text()), Cause::Expired);
    }
    if !flag.is_enabled {
        return Evaluation::off("Flag is disabled", Cause::Disabled);
    }
    let fits =
        |rule: &&Rule| rule.when.iter().all(|condition| fulfils(condition, flag, asker, find, deepest));
    if let Some(rule) = flag.rules.0.rules.iter().find(fits) {
        return Evaluation::of(flag, rule.serve, Cause::Rule(rule.name.clone()));
    }
    let percentage = flag.rollout_percentage;
    match (percentage, asker.user) {
        (100.., _) => Evaluation::of(flag, true, Cause::Whole),
        (..=0, _) => Evaluation::of(flag, false, Cause::Whole),
        (_, Some(user)) => {
            Evaluation::of(flag, i64::from(bucket(&flag.flag_key, user)) < percentage, Cause::Share)
        }
        (_, None) => Evaluation::of(flag, i64::from(asker.draw) < percentage, Cause::Draw),
    }
}

fn fulfils<'f>(
    condition: &Condition,
    flag: &Flag,
    asker: &Asker<'_>,
    find: &dyn Fn(&str) -> Option<&'f Flag>,
    deepest: usize,
) -> bool {
    match condition {
        Condition::Percentage(percentage) => {
            asker.user.is_some_and(|user| bucket(&flag.flag_key, user) < *percentage)
        }
        Condition::Users(users) => users.iter().any(|user| Some(user.as_str()) == asker.user),
        Condition::Roles(roles) => roles.iter().any(|role| asker.roles.contains(role)),
        Condition::Attribute(attribute) => {
            asker.attributes.get(&attribute.name).is_some_and(|said| attribute.is.contains(said))
        }
        Condition::Time(period) => {
            period.from.is_none_or(|from| from.0 <= asker.now)
                && period.until.is_none_or(|until| asker.now < until.0)
        }
        Condition::Flag(wanted) => deepest.checked_sub(1).is_some_and(|deepest| {
            evaluate_below(find(&wanted.key), asker, find, deepest).is_on() == wanted.is
        }),
    }
}

#[cfg(test)]
mod tests;
