//! Variables: values that an operator may set.

use regex_lite::Regex;

/// One of the application's `[variables]`; snake_case name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its value when the environment says nothing. `None` means that it must be set.
    pub default: Option<String>,
    /// Whether it must never be shown.
    pub secret: bool,
    /// What its value must be like; anything if there is none.
    pub pattern: Option<ValuePattern>,
}

/// What the whole of a text must be like, as a regular expression.
#[derive(Clone, Debug)]
pub struct ValuePattern {
    text: String,
    whole: Regex,
}

impl ValuePattern {
    /// Reads the expression; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let whole = Regex::new(&format!("^(?:{text})$")).map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), whole })
    }

    /// Whether the text is like that.
    pub fn fits(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }

    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for ValuePattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ValuePattern {}

/// Text with `{{ name }}` in it, each standing for one of the application's variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its pieces in order.
    pub parts: Vec<TemplatePart>,
}

/// One piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Stands for itself.
    Text(String),
    /// Stands for the value of this variable.
    Variable(String),
}

impl Template {
    /// Takes the text apart; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or("has a `{{` without a `}}`")?;
            let name = name.trim();
            if name.is_empty() || name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                return Err(format!("has `{{{{{name}}}}}`, which is no name of a variable"));
            }
            if !before.is_empty() {
                parts.push(TemplatePart::Text(before.to_owned()));
            }
            parts.push(TemplatePart::Variable(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The names of the variables in it, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Variable(name) => Some(name.as_str()),
            TemplatePart::Text(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_taken_apart() {
        let template = Template::parse("to {{ name }}, from {{other}}!").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["name", "other"]);
        assert_eq!(template.parts.len(), 5);
        assert!(Template::parse("").unwrap().parts.is_empty());
        assert_eq!(Template::parse("} plain {").unwrap().names().count(), 0);
    }

    #[test]
    fn broken_templates_are_refused() {
        for wrong in ["{{ open", "{{ }}", "{{ a b }}", "{{ a {{ b }}"] {
            assert!(Template::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
