//! HTML as the older library keeps it: formatting and links, and all else as text.
//!
//! What comes out is written anew, sign by sign: tags of a short list in one form each, and text in which every sign
//! that means something anywhere in HTML is a character reference. So nothing that comes in can come out as markup
//! that isn't in the list, however it is written.

/// Elements that only format, which are kept without their attributes.
const FORMATTING: [&str; 17] = [
    "b", "i", "s", "u", "o", "sup", "sub", "ins", "del", "strong", "strike", "tt", "code", "big", "small",
    "br", "em",
];
/// Elements whose content is no text.
const OPAQUE: [&str; 8] =
    ["script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext"];
/// What a link may lead to.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// The text with formatting and links, and nothing else that a browser would take for markup. Quotes, apostrophes and the
/// signs `+ = @` and the backtick become numeric character references, `< > &` named ones.
pub fn sanitised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<&'static str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        encode(&html_escape::decode_html_entities(before), &mut out);
        rest = if let Some((markup, after)) = Markup::read(from) {
            write(&markup, &mut open, &mut out);
            match &markup {
                Markup::Opening(name, _) if OPAQUE.contains(&name.as_str()) => behind(after, name),
                _ => after,
            }
        } else {
            out.push_str("&lt;");
            from.get(1..).unwrap_or_default()
        };
    }
    encode(&html_escape::decode_html_entities(rest), &mut out);
    while let Some(name) = open.pop() {
        close(name, &mut out);
    }
    out
}

/// What stands between `<` and `>`.
enum Markup<'text> {
    /// An element's name in lower case, and its attributes as they stand there.
    Opening(String, &'text str),
    Closing(String),
    /// A comment, a declaration, an instruction.
    Other,
}

impl<'text> Markup<'text> {
    /// What the text begins with, and what follows; `None` if its `<` is only that sign.
    fn read(text: &'text str) -> Option<(Self, &'text str)> {
        let inside = text.strip_prefix('<')?;
        if let Some(comment) = inside.strip_prefix("!--") {
            let after = comment.split_once("-->").map_or("", |(_, after)| after);
            return Some((Self::Other, after));
        }
        if inside.starts_with(['!', '?']) {
            return Some((Self::Other, inside.split_once('>').map_or("", |(_, after)| after)));
        }
        let (closing, named) = inside.strip_prefix('/').map_or((false, inside), |named| (true, named));
        if !named.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let length =
            named.find(|sign: char| sign.is_whitespace() || matches!(sign, '/' | '>')).unwrap_or(named.len());
        let (name, attributes) = named.split_at(length);
        let end = end_of_tag(attributes)?;
        let (attributes, after) = attributes.split_at(end);
        let name = name.to_ascii_lowercase();
        let markup = if closing { Self::Closing(name) } else { Self::Opening(name, attributes) };
        Some((markup, after.strip_prefix('>').unwrap_or(after)))
    }
}

/// Where the tag's `>` is, which isn't one in quotes.
fn end_of_tag(attributes: &str) -> Option<usize> {
    let mut quote = None;
    attributes.char_indices().find_map(|(at, sign)| {
        match (quote, sign) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => {}
        }
        None
    })
}

/// What follows the end tag of an element whose content is no text.
fn behind<'text>(text: &'text str, name: &str) -> &'text str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let (_, from) = rest.split_at(at);
        match Markup::read(from) {
            Some((Markup::Closing(found), after)) if found == name => return after,
            _ => rest = from.get(2..).unwrap_or_default(),
        }
    }
    ""
}

fn write(markup: &Markup<'_>, open: &mut Vec<&'static str>, out: &mut String) {
    let known = |name: &str| FORMATTING.iter().find(|known| **known == name).copied();
    match markup {
        Markup::Opening(name, _) if name == "br" => out.push_str("<br />"),
        Markup::Opening(name, attributes) if name == "a" => {
            if let Some(target) = target(attributes).filter(|_| !open.contains(&"a")) {
                out.push_str("<a href=\"");
                encode(&target, out);
                out.push_str("\" rel=\"nofollow\">");
                open.push("a");
            }
        }
        Markup::Opening(name, _) => {
            if let Some(name) = known(name) {
                out.push('<');
                out.push_str(name);
                out.push('>');
                open.push(name);
            }
        }
        // One that is open around others ends those, too.
        Markup::Closing(name) => {
            if let Some(at) = open.iter().rposition(|known| known == name) {
                open.drain(at..).rev().for_each(|name| close(name, out));
            }
        }
        Markup::Other => {}
    }
}

fn close(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Where a link leads, if it may lead there.
fn target(attributes: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '/');
        let length =
            rest.find(|sign: char| sign.is_whitespace() || matches!(sign, '=' | '/')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        let (value, after) = match value {
            None => ("", after),
            Some(value) => match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value.get(1..)?.split_once(quote)?,
                _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            },
        };
        if name.eq_ignore_ascii_case("href") {
            let address = html_escape::decode_html_entities(value).trim().to_owned();
            let lower = address.to_ascii_lowercase();
            return SCHEMES.iter().any(|scheme| lower.starts_with(scheme)).then_some(address);
        }
        if after.len() == rest.len() {
            return None;
        }
        rest = after;
    }
}

fn encode(text: &str, out: &mut String) {
    for sign in text.chars() {
        match sign {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '+' => out.push_str("&#43;"),
            '=' => out.push_str("&#61;"),
            '@' => out.push_str("&#64;"),
            '`' => out.push_str("&#96;"),
            // What is in no text of HTML and XML.
            sign if sign.is_control() && !matches!(sign, '\t' | '\n' | '\r') => {}
            sign => out.push(sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_and_links_stay_and_other_tags_go_with_their_attributes() {
        for (given, kept) in [
            ("plain", "plain"),
            ("<b>bold</b> and <EM class=\"x\">more</EM >", "<b>bold</b> and <em>more</em>"),
            ("a<br>b<br/>c", "a<br />b<br />c"),
            ("<p onclick=\"x('>')\">text</p>", "text"),
            ("<script>alert(1)</script>after", "after"),
            ("<style>a > b</style>after<script>", "after"),
            (
                "<a href=\"https://example.org/?q=1\">x</a>",
                "<a href=\"https://example.org/?q&#61;1\" rel=\"nofollow\">x</a>",
            ),
            (
                "<a title='t' HREF=mailto:a@example.org>x</a>",
                "<a href=\"mailto:a&#64;example.org\" rel=\"nofollow\">x</a>",
            ),
            ("<a href='javascript:alert(1)'>x</a>", "x"),
            ("<a href=\"&#106;avascript:alert(1)\">x</a>", "x"),
            ("<a href>x</a><a =>y</a>", "xy"),
            ("<!-- <b> -->x<!DOCTYPE html><?php 1 ?>y", "xy"),
            ("<b><i>x", "<b><i>x</i></b>"),
            ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
            ("</b>x", "x"),
        ] {
            assert_eq!(sanitised(given), kept, "{given}");
        }
    }

    #[test]
    fn signs_that_mean_something_come_back_as_character_references() {
        for (given, kept) in [
            ("\"O'Neil\" +1=2 @ `x`", "&#34;O&#39;Neil&#34; &#43;1&#61;2 &#64; &#96;x&#96;"),
            ("a < b > c & d", "a &lt; b &gt; c &amp; d"),
            ("1<2", "1&lt;2"),
            ("<b", "&lt;b"),
            ("&Eacute;mile &lt;script&gt; &amp;", "Émile &lt;script&gt; &amp;"),
            ("a\u{0}\u{8}b\nc", "ab\nc"),
            ("Ação 村", "Ação 村"),
        ] {
            assert_eq!(sanitised(given), kept, "{given}");
        }
    }

    #[test]
    fn what_was_kept_once_is_kept_again() {
        for given in
            ["<b>O'Neil</b> & <i", "<a href='http://x/?a=b&c'>x</a>", "&amp;lt;script&amp;gt;", "<b><i>x</b>"]
        {
            let once = sanitised(given);
            assert_eq!(sanitised(&once), once, "{given}");
        }
    }
}
