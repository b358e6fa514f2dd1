//! How people want to hear of what.

use lyceum_event_types::notifications::{Channel, Kind};
use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person may choose for; everybody is welcomed.
pub(crate) const KINDS: [Kind; 10] = [
    Kind::LoanDueSoon,
    Kind::LoanOverdue,
    Kind::HoldReady,
    Kind::HoldDelayed,
    Kind::EnrollmentConfirmed,
    Kind::EnrollmentFailed,
    Kind::EnrollmentWaitlisted,
    Kind::AssignmentDueSoon,
    Kind::AchievementEarned,
    Kind::CertificateIssued,
];

/// How a person hears of one kind of thing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationPreference)]
pub(crate) struct Preference {
    /// Of what; `welcome` can't be chosen.
    pub(crate) notification_type: Kind,
    /// Whether at all.
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    /// By which ways; all of them if that is left out.
    #[serde(default = "every_way")]
    pub(crate) channels: Vec<Channel>,
}

const fn yes() -> bool {
    true
}

fn every_way() -> Vec<Channel> {
    Channel::ALL.to_vec()
}

impl Preference {
    /// What holds for who has not chosen.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { notification_type: kind, enabled: yes(), channels: every_way() }
    }

    /// The same in one form: who hears of it by no way doesn't hear of it, and the ways have an order.
    fn settled(&self) -> Self {
        let channels: Vec<_> = Channel::ALL.into_iter().filter(|channel| self.takes(*channel)).collect();
        Self { notification_type: self.notification_type, enabled: !channels.is_empty(), channels }
    }

    /// Whether somebody hears of it by this way.
    pub(crate) fn takes(&self, channel: Channel) -> bool {
        self.enabled && self.channels.contains(&channel)
    }
}

/// What was chosen for a kind, or what holds without a choice.
pub(crate) fn of_kind(chosen: &[Preference], kind: Kind) -> Preference {
    let chosen = chosen.iter().find(|preference| preference.notification_type == kind);
    chosen.map_or_else(|| Preference::of(kind), Preference::settled)
}

/// One preference of each kind, in the order of [`KINDS`].
pub(crate) fn complete(chosen: &[Preference]) -> Vec<Preference> {
    KINDS.into_iter().map(|kind| of_kind(chosen, kind)).collect()
}

/// Refuses what can't be chosen, and what is chosen twice.
pub(crate) fn check(chosen: &[Preference]) -> Result<(), Invalid> {
    let mut valid = Validation::new();
    for (at, preference) in chosen.iter().enumerate() {
        let (kind, pointer) = (preference.notification_type, format!("/items/{at}/notification_type"));
        valid.check(&pointer, KINDS.contains(&kind), "NOT_A_CHOICE", "Everybody is welcomed.");
        let first = chosen.iter().position(|other| other.notification_type == kind) == Some(at);
        valid.check(&pointer, first, "DUPLICATE", "Stands there twice.");
    }
    valid.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_everything_is_told_by_every_way_and_with_one_as_it_says() {
        let chosen = Preference { channels: vec![Channel::Email], ..Preference::of(Kind::LoanOverdue) };
        let of = |kind| of_kind(std::slice::from_ref(&chosen), kind);
        let (free, late) = (of(Kind::HoldReady), of(Kind::LoanOverdue));
        assert!(Channel::ALL.into_iter().all(|channel| free.takes(channel)));
        assert!(late.takes(Channel::Email) && !late.takes(Channel::InApp));
        let none = Preference { enabled: false, ..free };
        assert!(!none.takes(Channel::Email));
        assert_eq!(none.settled().channels, []);
        assert!(!Preference { channels: Vec::new(), ..Preference::of(Kind::HoldReady) }.settled().enabled);
        assert_eq!(complete(&[]), KINDS.map(Preference::of));
    }

    #[test]
    fn a_welcome_and_the_same_kind_twice_are_refused() {
        let code = |kinds: &[Kind]| {
            let chosen: Vec<_> = kinds.iter().copied().map(Preference::of).collect();
            check(&chosen).err().map(|Invalid(violations)| violations[0].code)
        };
        assert_eq!(code(&KINDS), None);
        assert_eq!(code(&[Kind::Welcome]), Some("NOT_A_CHOICE"));
        assert_eq!(code(&[Kind::HoldReady, Kind::HoldReady]), Some("DUPLICATE"));
    }
}
