//! The string literals of a Rust file.

use std::str::FromStr;

use anyhow::anyhow;
use proc_macro2::{TokenStream, TokenTree};

/// A string literal as it is written, without its quotes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// Where it begins, from 1.
    pub(crate) line: usize,
    /// Escapes are not resolved.
    pub(crate) content: String,
}

/// All string literals, also those inside of macro calls; documentation is none.
pub(crate) fn texts(source: &str) -> anyhow::Result<Vec<Text>> {
    let tokens = TokenStream::from_str(source).map_err(|error| anyhow!("no valid Rust: {error}"))?;
    let mut texts = Vec::new();
    gather(tokens, &mut texts);
    Ok(texts)
}

fn gather(tokens: TokenStream, texts: &mut Vec<Text>) {
    let mut in_documentation = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => gather(group.stream(), texts),
            // A documentation comment is `#[doc = "..."]` by now.
            TokenTree::Ident(name) => in_documentation = name == "doc",
            TokenTree::Literal(literal) if !in_documentation => {
                let line = literal.span().start().line;
                let written = literal.to_string();
                let inside = written.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
                texts.extend(inside.map(|(content, _)| Text { line, content: content.to_owned() }));
            }
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_wherever_they_stand() {
        let source =
            "/// \"documentation\"\nconst A: &str = \"one\";\nfn f() { g!(r#\"two \"x\"\"#, 'c', 3); }\n";
        let found = texts(source).unwrap();
        let found: Vec<_> = found.iter().map(|text| (text.line, text.content.as_str())).collect();
        assert_eq!(found, [(2, "one"), (3, "two \"x\"")]);
    }
}
