//! Circulation rules: what holds for whom, for what and where.
//!
//! A rule names a location, a category of readers and a type of items, or `*` for any. Of those that fit a checkout the most
//! specific one decides: one that names the location before one that doesn't, then one that names the category, then one
//! that names the type. No two rules name the same three, so there is always one answer.

use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Fits anything.
pub(crate) const ANY: &str = "*";

pub(super) fn any() -> String {
    ANY.to_owned()
}

/// What a rule is for: one line of 1 to 100 characters without spaces around it.
pub(super) fn scope(text: &str) -> Result<String, Violation> {
    let text = text.trim();
    text::required_line(text, 100).map(|()| text.to_owned())
}

/// What a librarian says of a rule.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFields {
    /// Where the copy belongs, as copies name it; `*` means anywhere.
    #[serde(default = "any")]
    location: String,
    /// The category of readers, as readers have it; `*` means any.
    #[serde(default = "any")]
    reader_category: String,
    /// The type of items, as copies have it; `*` means any.
    #[serde(default = "any")]
    item_type: String,
    /// How many days a lending takes, 1 to 3,650.
    loan_days: u32,
    /// How many lendings a reader has at the same time, 0 to 1,000.
    max_lendings: u32,
    /// How often a lending is renewed, 0 to 100.
    max_renewals: u32,
    /// What each day costs that a copy is late, in cents, 0 to 100,000.
    fine_cents_per_day: u32,
    /// So many days cost nothing, 0 to 365.
    #[serde(default)]
    grace_days: u32,
    /// A lending costs no more than this, in cents, 0 to 10,000,000; null if there is no such limit.
    fine_cap_cents: Option<u32>,
    /// How many days a copy is kept for who waited for it, 1 to 90.
    pickup_days: u32,
    /// Whether who has a copy that is late may borrow and renew nothing.
    blocked_while_overdue: bool,
    /// Whether a copy that is free is lent to anybody although others wait for the book; otherwise it is for who is first of them.
    #[serde(default)]
    lent_while_awaited: bool,
}

/// A rule, as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Rule {
    pub(crate) id: Uuid,
    pub(crate) location: String,
    pub(crate) reader_category: String,
    pub(crate) item_type: String,
    /// The greater one decides: 4 for a location, 2 for a category and 1 for a type that is named.
    pub(crate) specificity: u8,
    pub(crate) loan_days: u32,
    pub(crate) max_lendings: u32,
    pub(crate) max_renewals: u32,
    pub(crate) fine_cents_per_day: u32,
    pub(crate) grace_days: u32,
    pub(crate) fine_cap_cents: Option<u32>,
    pub(crate) pickup_days: u32,
    pub(crate) blocked_while_overdue: bool,
    pub(crate) lent_while_awaited: bool,
    #[serde(skip)]
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Rule {
    /// A new rule.
    pub(crate) fn new(fields: RuleFields) -> Result<Self, Invalid> {
        Self::of(ids::new(), fields, clock::now(), 1)
    }

    /// Its next version, with these fields.
    pub(crate) fn with(&self, fields: RuleFields) -> Result<Self, Invalid> {
        Self::of(self.id, fields, self.created_at, self.version + 1)
    }

    fn of(id: Uuid, fields: RuleFields, created_at: Timestamp, version: i64) -> Result<Self, Invalid> {
        let RuleFields { loan_days, max_lendings, max_renewals, fine_cents_per_day, .. } = fields;
        let RuleFields { grace_days, fine_cap_cents, pickup_days, .. } = fields;
        let RuleFields { blocked_while_overdue, lent_while_awaited, .. } = fields;
        let mut valid = Validation::new();
        let mut named = |pointer, text: String| valid.take(pointer, scope(&text)).unwrap_or_default();
        let location = named("/location", fields.location);
        let reader_category = named("/reader_category", fields.reader_category);
        let item_type = named("/item_type", fields.item_type);
        for (pointer, value, least, most) in [
            ("/loan_days", loan_days, 1, 3_650),
            ("/max_lendings", max_lendings, 0, 1_000),
            ("/max_renewals", max_renewals, 0, 100),
            ("/fine_cents_per_day", fine_cents_per_day, 0, 100_000),
            ("/grace_days", grace_days, 0, 365),
            ("/fine_cap_cents", fine_cap_cents.unwrap_or_default(), 0, 10_000_000),
            ("/pickup_days", pickup_days, 1, 90),
        ] {
            let within = (least..=most).contains(&value);
            let wrong = || Violation::new("OUT_OF_RANGE", format!("Must be from {least} to {most}."));
            valid.take(pointer, if within { Ok(()) } else { Err(wrong()) });
        }
        valid.into_result()?;
        let named = |text: &str, weight: u8| if text == ANY { 0 } else { weight };
        let specificity = named(&location, 4) + named(&reader_category, 2) + named(&item_type, 1);
        Ok(Self {
            id,
            location,
            reader_category,
            item_type,
            specificity,
            loan_days,
            max_lendings,
            max_renewals,
            fine_cents_per_day,
            grace_days,
            fine_cap_cents,
            pickup_days,
            blocked_while_overdue,
            lent_while_awaited,
            version,
            created_at,
            updated_at: clock::now(),
        })
    }

    /// What is said of it.
    pub(crate) fn fields(&self) -> RuleFields {
        let rule = self.clone();
        RuleFields {
            location: rule.location,
            reader_category: rule.reader_category,
            item_type: rule.item_type,
            loan_days: rule.loan_days,
            max_lendings: rule.max_lendings,
            max_renewals: rule.max_renewals,
            fine_cents_per_day: rule.fine_cents_per_day,
            grace_days: rule.grace_days,
            fine_cap_cents: rule.fine_cap_cents,
            pickup_days: rule.pickup_days,
            blocked_while_overdue: rule.blocked_while_overdue,
            lent_while_awaited: rule.lent_while_awaited,
        }
    }

    /// Whether it holds wherever no other one does: there must be such a rule.
    pub(crate) fn is_last_resort(&self) -> bool {
        self.specificity == 0
    }

    fn fits(&self, location: Option<&str>, category: &str, item_type: Option<&str>) -> bool {
        let fits = |scope: &str, value: Option<&str>| scope == ANY || Some(scope) == value;
        fits(&self.location, location)
            && fits(&self.reader_category, Some(category))
            && fits(&self.item_type, item_type)
    }
}

/// The rule that decides for a copy of this place and type and a reader of this category. What has no place or no type fits
/// only rules for any.
pub(crate) fn choose<'r>(
    rules: &'r [Rule],
    location: Option<&str>,
    category: &str,
    item_type: Option<&str>,
) -> Option<&'r Rule> {
    rules.iter().filter(|rule| rule.fits(location, category, item_type)).max_by_key(|rule| rule.specificity)
}
