//! What messages and mails say. The templates are checked when the component is built; in HTML
//! every value is escaped.

use askama::Template;
use lyceum_event_types::notifications;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// To somebody who has an account from now on.
    Welcome,
}

/// A message with what it is filled with. Stored as JSON, so fields may be added, with defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Letter {
    /// To somebody who has an account from now on.
    Welcome {
        /// What others see of the person.
        display_name: String,
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

impl Kind {
    /// The name in the database and in events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
        }
    }
}

impl From<Kind> for notifications::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Welcome => Self::Welcome,
        }
    }
}

impl FromValue for Kind {
    fn from_value(value: Value) -> Option<Self> {
        let name = String::from_value(value)?;
        [Self::Welcome].into_iter().find(|kind| kind.name() == name)
    }
}

impl Letter {
    /// What it is about.
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Welcome { .. } => Kind::Welcome,
        }
    }

    /// The title in the inbox, and the mail's subject.
    pub(crate) const fn title(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "Welcome to Lyceum",
        }
    }

    /// What the inbox shows: plain text.
    pub(crate) fn content(&self) -> String {
        match self {
            Self::Welcome { display_name } => format!("Hello {display_name}, your account is ready."),
        }
    }

    /// The mail.
    pub(crate) fn render(&self) -> Result<Rendered, askama::Error> {
        match self {
            Self::Welcome { display_name } => Ok(Rendered {
                subject: self.title(),
                text: WelcomeText { display_name }.render()?,
                html: WelcomeHtml { display_name }.render()?,
            }),
        }
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
        assert_eq!(Kind::from_value(Value::Text(letter.kind().name().into())), Some(Kind::Welcome));
    }
}
