//! What messages and mails say. The templates are checked when the component is built; in HTML
//! every value is escaped.

mod learning;

use askama::Template;
use lyceum_event_types::enrollments::FailureReason;
use lyceum_event_types::notifications::Kind;
use serde::{Deserialize, Serialize};

/// A message with what it is filled with. Stored as JSON, so fields may be added, with defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Letter {
    /// To somebody who has an account from now on.
    Welcome {
        /// What others see of the person.
        display_name: String,
    },
    /// To somebody whose book is to be back soon.
    LoanDueSoon {
        /// What others see of the person.
        display_name: String,
        /// Its title, if it is known.
        book: Option<String>,
        /// The lending's.
        number: String,
        /// `YYYY-MM-DD`.
        due_on: String,
    },
    /// To somebody whose book is late.
    LoanOverdue {
        /// What others see of the person.
        display_name: String,
        /// Its title, if it is known.
        book: Option<String>,
        /// The lending's.
        number: String,
        /// `YYYY-MM-DD`.
        due_on: String,
    },
    /// To somebody for whom a book is kept.
    HoldReady {
        /// What others see of the person.
        display_name: String,
        /// Its title, if it is known.
        book: Option<String>,
        /// `YYYY-MM-DD`.
        pickup_until: String,
    },
    /// To somebody for whom a book was kept that can't be lent any more.
    HoldDelayed {
        /// What others see of the person.
        display_name: String,
        /// Its title, if it is known.
        book: Option<String>,
    },
    /// To somebody who learns in a course from now on.
    EnrollmentConfirmed {
        /// What others see of the person.
        display_name: String,
        /// Its title.
        course: String,
        /// `YYYY-MM-DD`, if it hasn't begun.
        starts_on: Option<String>,
    },
    /// To somebody whose enrolment didn't come about.
    EnrollmentFailed {
        /// What others see of the person.
        display_name: String,
        /// Its title, if it is known.
        course: Option<String>,
        /// Why.
        reason: FailureReason,
    },
    /// To somebody who waits for a place in a course.
    EnrollmentWaitlisted {
        /// What others see of the person.
        display_name: String,
        /// Its title.
        course: String,
    },
    /// To somebody whose work is to be handed in soon.
    AssignmentDueSoon {
        /// What others see of the person.
        display_name: String,
        /// Its title.
        assignment: String,
        /// As in `2026-01-20 18:00 UTC`.
        due: String,
    },
    /// To somebody who earned an achievement.
    AchievementEarned {
        /// What others see of the person.
        display_name: String,
        /// Its name.
        achievement: String,
    },
    /// To somebody for whom a certificate was made out.
    CertificateIssued {
        /// What others see of the person.
        display_name: String,
        /// The title of what they completed.
        course: String,
    },
}

/// A text in its mail form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: &'static str,
    pub(crate) text: String,
    pub(crate) html: String,
}

#[derive(Template)]
#[template(path = "welcome.txt")]
struct WelcomeText<'a> {
    display_name: &'a str,
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomeHtml<'a> {
    display_name: &'a str,
}

/// What is said in a sentence or two.
#[derive(Template)]
#[template(path = "mail.txt")]
struct MailText<'a> {
    name: &'a str,
    body: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailHtml<'a> {
    title: &'a str,
    name: &'a str,
    body: &'a str,
}

/// A book as it stands in a sentence.
fn borrowed(title: Option<&String>) -> String {
    title.map_or_else(|| "A book that you borrowed".to_owned(), |title| format!("\u{201c}{title}\u{201d}"))
}

/// The same for a book that somebody waits for.
fn awaited(title: Option<&String>) -> String {
    let waited = |title: &String| format!("\u{201c}{title}\u{201d}, for which you waited,");
    title.map_or_else(|| "A book that you waited for".to_owned(), waited)
}

impl Letter {
    /// What it is about.
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Welcome { .. } => Kind::Welcome,
            Self::LoanDueSoon { .. } => Kind::LoanDueSoon,
            Self::LoanOverdue { .. } => Kind::LoanOverdue,
            Self::HoldReady { .. } => Kind::HoldReady,
            Self::HoldDelayed { .. } => Kind::HoldDelayed,
            Self::EnrollmentConfirmed { .. } => Kind::EnrollmentConfirmed,
            Self::EnrollmentFailed { .. } => Kind::EnrollmentFailed,
            Self::EnrollmentWaitlisted { .. } => Kind::EnrollmentWaitlisted,
            Self::AssignmentDueSoon { .. } => Kind::AssignmentDueSoon,
            Self::AchievementEarned { .. } => Kind::AchievementEarned,
            Self::CertificateIssued { .. } => Kind::CertificateIssued,
        }
    }

    /// The title in the inbox, and the mail's subject.
    pub(crate) const fn title(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "Welcome to Lyceum",
            Self::LoanDueSoon { .. } => "A book is due soon",
            Self::LoanOverdue { .. } => "A book is overdue",
            Self::HoldReady { .. } => "A book is ready for you",
            Self::HoldDelayed { .. } => "A book is not ready after all",
            Self::EnrollmentConfirmed { .. } => "You are enrolled",
            Self::EnrollmentFailed { .. } => "You could not be enrolled",
            Self::EnrollmentWaitlisted { .. } => "You are on the waiting list",
            Self::AssignmentDueSoon { .. } => "An assignment is due soon",
            Self::AchievementEarned { .. } => "You earned an achievement",
            Self::CertificateIssued { .. } => "Your certificate is ready",
        }
    }

    /// What the inbox shows: plain text.
    pub(crate) fn content(&self) -> String {
        match self {
            Self::Welcome { display_name } => format!("Hello {display_name}, your account is ready."),
            Self::LoanDueSoon { book, number, due_on, .. } => {
                format!("{} is to be back by {due_on} (lending {number}).", borrowed(book.as_ref()))
            }
            Self::LoanOverdue { book, number, due_on, .. } => {
                let book = borrowed(book.as_ref());
                format!("{book} was to be back by {due_on} (lending {number}): please return it.")
            }
            Self::HoldReady { book, pickup_until, .. } => {
                format!("{} is kept for you until {pickup_until}.", awaited(book.as_ref()))
            }
            Self::HoldDelayed { book, .. } => {
                let book = awaited(book.as_ref());
                format!("{book} can't be kept for you as was said. You are the first to get the next copy.")
            }
            Self::EnrollmentConfirmed { course, starts_on, .. } => {
                learning::confirmed(course, starts_on.as_deref())
            }
            Self::EnrollmentFailed { course, reason, .. } => learning::failed(course.as_deref(), *reason),
            Self::EnrollmentWaitlisted { course, .. } => learning::waitlisted(course),
            Self::AssignmentDueSoon { assignment, due, .. } => learning::due_soon(assignment, due),
            Self::AchievementEarned { achievement, .. } => learning::earned(achievement),
            Self::CertificateIssued { course, .. } => learning::certified(course),
        }
    }

    /// The mail.
    pub(crate) fn render(&self) -> Result<Rendered, askama::Error> {
        let (title, body) = (self.title(), &self.content());
        let (text, html) = match self {
            Self::Welcome { display_name } => {
                (WelcomeText { display_name }.render()?, WelcomeHtml { display_name }.render()?)
            }
            Self::LoanDueSoon { display_name: name, .. }
            | Self::LoanOverdue { display_name: name, .. }
            | Self::HoldReady { display_name: name, .. }
            | Self::HoldDelayed { display_name: name, .. }
            | Self::EnrollmentConfirmed { display_name: name, .. }
            | Self::EnrollmentFailed { display_name: name, .. }
            | Self::EnrollmentWaitlisted { display_name: name, .. }
            | Self::AssignmentDueSoon { display_name: name, .. }
            | Self::AchievementEarned { display_name: name, .. }
            | Self::CertificateIssued { display_name: name, .. } => {
                (MailText { name, body }.render()?, MailHtml { title, name, body }.render()?)
            }
        };
        Ok(Rendered { subject: title, text, html })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(display_name: &str) -> Letter {
        Letter::Welcome { display_name: display_name.to_owned() }
    }

    #[test]
    fn a_mail_greets_by_name_in_both_forms() {
        let mail = welcome("Ada").render().unwrap();
        assert_eq!(mail.subject, "Welcome to Lyceum");
        assert!(mail.text.starts_with("Hello Ada,\n"));
        assert!(mail.html.contains("<p>Hello Ada,</p>"));
        assert!(welcome("Ada").content().contains("Ada"));
    }

    #[test]
    fn a_name_is_never_markup() {
        let mail = welcome("<b>Ada</b> & \"Co\"").render().unwrap();
        assert!(mail.text.contains("<b>Ada</b> & \"Co\""), "plain text stays as it is");
        assert!(!mail.html.contains("<b>"), "{}", mail.html);
        assert!(!mail.html.contains("\"Co\""), "{}", mail.html);
    }

    #[test]
    fn a_name_is_not_a_template() {
        let mail = welcome("{{ 7 * 7 }}").render().unwrap();
        assert!(mail.text.contains("{{ 7 * 7 }}"));
    }

    #[test]
    fn a_stored_letter_can_be_read_again() {
        let letter = welcome("Ada");
        let json = serde_json::to_string(&letter).unwrap();
        assert_eq!(json, r#"{"kind":"welcome","display_name":"Ada"}"#);
        assert_eq!(serde_json::from_str::<Letter>(&json).unwrap(), letter);
    }

    #[test]
    fn a_mail_says_what_the_inbox_says_and_greets() {
        let (book, due_on) = (Some("Emma & <b>".to_owned()), "2026-01-20".to_owned());
        let letter =
            Letter::LoanOverdue { display_name: "Ada".into(), book, number: "2026/7".into(), due_on };
        let mail = letter.render().unwrap();
        assert_eq!(mail.subject, "A book is overdue");
        assert!(
            mail.text.starts_with("Hello Ada,\n") && mail.text.contains(&letter.content()),
            "{}",
            mail.text
        );
        assert!(mail.html.contains("2026-01-20") && !mail.html.contains("<b>"), "{}", mail.html);
    }
}
