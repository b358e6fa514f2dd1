//! What a service is called.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::bail;

/// The template's own words, the longest first.
const ROOMS: [&str; 4] = ["Rooms", "rooms", "Room", "room"];
/// Words that mean something to Rust or to one of the databases, wherever they stand.
const RESERVED: &[&str] = &[
    "abstract",
    "all",
    "and",
    "any",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "case",
    "cast",
    "check",
    "column",
    "const",
    "constraint",
    "continue",
    "crate",
    "cross",
    "default",
    "delete",
    "desc",
    "distinct",
    "do",
    "dyn",
    "else",
    "end",
    "enum",
    "except",
    "extern",
    "false",
    "fetch",
    "final",
    "fn",
    "for",
    "foreign",
    "from",
    "gen",
    "grant",
    "group",
    "having",
    "if",
    "impl",
    "in",
    "index",
    "insert",
    "intersect",
    "into",
    "join",
    "let",
    "limit",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "override",
    "primary",
    "priv",
    "pub",
    "ref",
    "references",
    "return",
    "select",
    "self",
    "set",
    "some",
    "static",
    "struct",
    "super",
    "table",
    "then",
    "to",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unique",
    "unsafe",
    "unsized",
    "update",
    "use",
    "user",
    "using",
    "values",
    "virtual",
    "when",
    "where",
    "while",
    "window",
    "with",
    "yield",
];

/// A service's name, and the word for one of what it keeps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Name {
    plural: String,
    singular: String,
}

impl Name {
    /// A name by which a crate, a path, a table and types can be called.
    pub(super) fn new(plural: &str, singular: Option<&str>) -> anyhow::Result<Self> {
        let singular = singular.or_else(|| plural.strip_suffix('s'));
        let Some(singular) = singular else {
            bail!("`{plural}` has no `s` to leave out: say what one of them is by --singular");
        };
        for word in [plural, singular] {
            let letters = word.starts_with(|first: char| first.is_ascii_lowercase());
            let plain = word.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit());
            if !letters || !plain || !(2..=30).contains(&word.len()) {
                bail!(
                    "`{word}` must be one word of 2 to 30 lower-case letters and digits, such as `authors`"
                );
            }
            if RESERVED.contains(&word) {
                bail!("`{word}` means something to Rust or SQL: choose another name, or another --singular");
            }
        }
        if plural == singular {
            bail!("`{plural}` can't be the word for many of them and for one");
        }
        Ok(Self { plural: plural.to_owned(), singular: singular.to_owned() })
    }

    /// The name itself.
    pub(super) fn plural(&self) -> &str {
        &self.plural
    }

    /// Fails if a word that these sources use would then have two meanings. What comments say doesn't matter.
    pub(super) fn differs_from<'a>(&self, sources: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
        let lines = sources.flat_map(str::lines).filter(|line| !line.trim_start().starts_with("//"));
        let words = lines.flat_map(|line| line.split(|sign: char| !sign.is_ascii_alphanumeric()));
        let used: BTreeSet<String> = words.map(str::to_ascii_lowercase).collect();
        for word in [&self.plural, &self.singular] {
            // The template's own words give way.
            if !ROOMS.contains(&word.as_str()) && used.contains(word) {
                bail!("a service's sources use the word `{word}` for something else: choose another name");
            }
        }
        Ok(())
    }

    /// A text of the template in this service's words.
    pub(super) fn rename(&self, text: &str) -> String {
        let mut renamed = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let found = ROOMS.into_iter().find(|word| rest.starts_with(word));
            match found {
                Some(word) => renamed.push_str(&self.word_for(word)),
                None => renamed.push(next),
            }
            rest = rest.get(found.map_or(next.len_utf8(), str::len)..).unwrap_or_default();
        }
        renamed
    }

    fn word_for(&self, word: &str) -> String {
        let own = if word.ends_with('s') { &self.plural } else { &self.singular };
        let mut signs = own.chars();
        match signs.next() {
            Some(first) if word.starts_with('R') => first.to_ascii_uppercase().to_string() + signs.as_str(),
            _ => own.clone(),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.plural)
    }
}
