//! The signs and words of a query.

use crate::sru::diagnostic::Diagnostic;

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    Slash,
    Comparison(String),
    Word(String),
    /// Without its quotes, but with its backslashes.
    Quoted(String),
}

impl Token {
    /// Its text: of a term or a name, what it is.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::Slash => "/".to_owned(),
            Self::Comparison(text) | Self::Word(text) | Self::Quoted(text) => text.clone(),
        }
    }

    pub(super) fn is_word(&self, wanted: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(wanted))
    }

    /// Whether it can be a term or a name: a quoted one always, another if it means nothing else.
    pub(super) fn is_term(&self) -> bool {
        let reserved = || ["and", "or", "not", "prox", "sortby"].iter().any(|word| self.is_word(word));
        matches!(self, Self::Quoted(_)) || (matches!(self, Self::Word(_)) && !reserved())
    }
}

/// Splits a query. A quote that isn't closed is a mistake.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Diagnostic> {
    let mut tokens = Vec::new();
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        tokens.push(match sign {
            sign if sign.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '/' => Token::Slash,
            '"' => Token::Quoted(quoted(&mut signs).ok_or_else(|| Diagnostic::new(10, "\""))?),
            '=' | '<' | '>' => {
                let mut comparison = sign.to_string();
                let goes_on = |next: &char| matches!((sign, next), ('=' | '<' | '>', '=') | ('<', '>'));
                comparison.extend(signs.next_if(goes_on));
                Token::Comparison(comparison)
            }
            sign => {
                let mut word = sign.to_string();
                // A backslash belongs to the sign behind it.
                let mut escaped = sign == '\\';
                while let Some(next) = signs.next_if(|next| escaped || is_of_word(*next)) {
                    escaped = !escaped && next == '\\';
                    word.push(next);
                }
                Token::Word(word)
            }
        });
    }
    Ok(tokens)
}

fn is_of_word(sign: char) -> bool {
    !sign.is_whitespace() && !"()/\"=<>".contains(sign)
}

/// What stands before the closing quote.
fn quoted(signs: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut text = String::new();
    let mut escaped = false;
    for sign in signs {
        match sign {
            '"' if !escaped => return Some(text),
            _ => escaped = !escaped && sign == '\\',
        }
        text.push(sign);
    }
    None
}
