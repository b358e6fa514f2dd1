//! Texts with markup, made safe to be put into a page.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use lyceum_kit::violation::Violation;
use pulldown_cmark::{Options, Parser, html};

use super::content::TextFormat;

/// The longest HTML that a text may become, in bytes: beside its text it fits into an answer.
const HTML: usize = 600_000;

/// What the crate allows: no script, style, form or frame, and no address that runs something. Those who follow a link
/// don't say where they come from.
static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.url_schemes(HashSet::from(["http", "https", "mailto"])).link_rel(Some("noopener noreferrer"));
    builder
});

/// `TOO_LONG` if it becomes too much HTML.
pub(super) fn check(format: TextFormat, text: &str) -> Result<(), Violation> {
    if to_html(format, text).len() > HTML {
        return Err(Violation::new("TOO_LONG", format!("At most {HTML} bytes as HTML.")));
    }
    Ok(())
}

/// As safe HTML.
pub(super) fn to_html(format: TextFormat, text: &str) -> String {
    match format {
        TextFormat::Html => SAFE.clean(text).to_string(),
        TextFormat::Markdown => {
            let mut rendered = String::new();
            html::push_html(
                &mut rendered,
                Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH),
            );
            SAFE.clean(&rendered).to_string()
        }
    }
}

#[cfg(test)]
mod tests;
