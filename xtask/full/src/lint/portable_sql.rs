//! The SQL of services runs unchanged on SQLite and PostgreSQL.
//!
//! Looked at are the components' migrations and the string literals of their `store` modules. Words in
//! comments and in quotes don't count.

use std::path::Path;

use anyhow::{Context, bail};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::{rust_text, sources};
use xtask::workspace::Workspace;

/// What is refused, and why.
const REFUSED: [(&[&str], &str); 6] = [
    (
        &["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"],
        "pass the time as a parameter, so that tests can set it",
    ),
    (&["LIKE", "ILIKE", "GLOB", "SIMILAR"], "its case rules differ; compare a folded column with a range"),
    (
        &["AUTOINCREMENT", "AUTO_INCREMENT", "SERIAL", "BIGSERIAL", "SMALLSERIAL", "IDENTITY"],
        "make ids outside",
    ),
    (&["DEFERRABLE", "DEFERRED"], "write rows in the order that their constraints want"),
    (
        &[
            "INTEGER", "INT", "SMALLINT", "VARCHAR", "REAL", "NUMERIC", "DECIMAL", "BLOB", "JSON", "JSONB",
            "UUID",
        ],
        "the portable types are TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION and BYTEA",
    ),
    (&["TIMESTAMP", "TIMESTAMPTZ", "DATETIME", "DATE"], "a time is a BIGINT: microseconds since 1970 in UTC"),
];
/// The first words of statements, by which SQL is told from other texts.
const STATEMENTS: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "CREATE", "ALTER"];

/// Refuses SQL that one of the two databases doesn't know or reads in another way.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let components = workspace.root.join("components");
    let mut found = Vec::new();
    for file in sources::below(&components, "sql")? {
        let text = read(&file)?;
        found.extend(
            mistakes(&text, true).into_iter().map(|(line, what)| show(workspace, &file, line, &what)),
        );
    }
    for file in sources::below(&components, "rs")?.into_iter().filter(|file| is_store(file)) {
        for text in rust_text::texts(&read(&file)?).with_context(|| file.display().to_string())? {
            let statement = is_statement(&text.content);
            for (line, what) in mistakes(&text.content, statement) {
                found.push(show(workspace, &file, text.line + line - 1, &what));
            }
        }
    }
    if !found.is_empty() {
        bail!("not portable:\n{}", found.join("\n"));
    }
    Ok(())
}

/// `store.rs`, `store_*.rs`, and whatever is in a folder `store`.
fn is_store(file: &Path) -> bool {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    name.starts_with("store") || file.parent().is_some_and(|folder| folder.ends_with("store"))
}

fn is_statement(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    STATEMENTS.iter().any(|statement| first.eq_ignore_ascii_case(statement))
}

/// Line (from 1) and reason of each refused word. In a text that is no whole statement only words in
/// capitals count, since it may just as well be a message to people.
fn mistakes(text: &str, statement: bool) -> Vec<(usize, String)> {
    let dialect = PostgreSqlDialect {};
    let tokens = match Tokenizer::new(&dialect, text).tokenize_with_location() {
        Ok(tokens) => tokens,
        Err(error) if statement => return vec![(1, format!("can't be read: {error}"))],
        Err(_) => return Vec::new(),
    };
    let tokens: Vec<_> = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let mut found = Vec::new();
    for (index, TokenWithSpan { token, span }) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        if word.quote_style.is_some() || (!statement && word.value != word.value.to_ascii_uppercase()) {
            continue;
        }
        let is = |other: &&str| word.value.eq_ignore_ascii_case(other);
        let called = tokens.get(index + 1).is_some_and(|next| next.token == Token::LParen);
        let why = if called && is(&"now") {
            Some("pass the time as a parameter, so that tests can set it")
        } else {
            REFUSED.iter().find(|(words, _)| words.iter().any(is)).map(|(_, why)| *why)
        };
        if let Some(why) = why {
            let line = usize::try_from(span.start.line).unwrap_or(1);
            found.push((line, format!("{}: {why}", word.value)));
        }
    }
    found
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))
}

fn show(workspace: &Workspace, file: &Path, line: usize, what: &str) -> String {
    let name = file.strip_prefix(&workspace.root).unwrap_or(file);
    format!("{}:{line}: {what}", name.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, statement: bool) -> Vec<String> {
        let word = |(_, what): (usize, String)| what.split(':').next().unwrap_or_default().to_owned();
        mistakes(text, statement).into_iter().map(word).collect()
    }

    #[test]
    fn what_is_not_portable_is_refused() {
        for (text, word) in [
            ("SELECT now()", "now"),
            ("SELECT NOW ()", "NOW"),
            ("UPDATE a SET b = CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
            ("SELECT a FROM b WHERE a like $1", "like"),
            ("CREATE TABLE a (id INTEGER)", "INTEGER"),
            ("CREATE TABLE a (id BIGSERIAL)", "BIGSERIAL"),
            ("CREATE TABLE a (id BIGINT AUTOINCREMENT)", "AUTOINCREMENT"),
            ("CREATE TABLE a (id BIGINT GENERATED ALWAYS AS IDENTITY)", "IDENTITY"),
            ("CREATE TABLE a (b TEXT REFERENCES c (d) DEFERRABLE)", "DEFERRABLE"),
            ("CREATE TABLE a (at TIMESTAMPTZ)", "TIMESTAMPTZ"),
        ] {
            assert_eq!(words(text, true), [word], "{text}");
        }
        assert_eq!(mistakes("SELECT a\nFROM b\nWHERE a LIKE $1", true)[0].0, 3);
    }

    #[test]
    fn portable_sql_passes() {
        for text in [
            "CREATE TABLE a (id TEXT PRIMARY KEY, n BIGINT NOT NULL, x DOUBLE PRECISION, ok BOOLEAN, raw BYTEA)",
            "INSERT INTO a (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET n = a.n + 1 RETURNING n",
            "SELECT now FROM a WHERE b = 'like' -- LIKE in a comment\n AND \"like\" = $1 /* now() */",
            "SELECT CAST(COUNT(*) AS BIGINT) FROM a WHERE w >= $1 AND w < $2 ORDER BY w LIMIT {limit}",
        ] {
            assert_eq!(words(text, true), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn messages_to_people_are_no_sql() {
        assert!(!is_statement("no user like that"));
        assert!(words("no user like that, at this date", false).is_empty());
        assert!(words("it's broken", false).is_empty());
        assert_eq!(words(" AND name LIKE $1", false), ["LIKE"]);
        assert!(is_statement("\n  select 1"));
    }

    #[test]
    fn store_modules_are_told_by_their_names() {
        assert!(is_store(Path::new("components/users/src/store.rs")));
        assert!(is_store(Path::new("components/users/src/store/profiles.rs")));
        assert!(!is_store(Path::new("components/users/src/routes.rs")));
    }
}
