//! The check of single tokens: only such as every backend reads alike, and no reserved name.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

/// Beginnings of names that belong to this crate or to a database itself.
const RESERVED: [&str; 5] = ["lyceum_", "pg_", "pragma_", "sqlite_", "information_schema"];

/// What a migration's statements may begin with. Transactions are the backend's business.
const MIGRATION_STATEMENTS: [&str; 8] =
    ["ALTER", "CREATE", "DELETE", "DROP", "INSERT", "SELECT", "UPDATE", "WITH"];

/// Checks a service's statement and returns how many placeholders it has.
pub(super) fn check(text: &str) -> Result<usize, String> {
    let tokens = tokenize(text)?;
    tokens.iter().try_for_each(check_token)?;
    count(&tokens)
}

/// How many parameters a text needs.
pub(super) fn placeholders(text: &str) -> Result<usize, String> {
    count(&tokenize(text)?)
}

fn count(tokens: &[Token]) -> Result<usize, String> {
    let mut placeholders = Vec::new();
    for token in tokens {
        if let Token::Placeholder(name) = token {
            placeholders.push(placeholder(name)?);
        }
    }
    placeholders.sort_unstable();
    placeholders.dedup();
    if placeholders.iter().enumerate().any(|(index, &number)| number != index + 1) {
        return Err("placeholders must be $1, $2, ... without a gap".into());
    }
    Ok(placeholders.len())
}

/// Checks the text of a migration: statements that change the service's own schema or data.
pub(crate) fn check_migration(text: &str) -> Result<(), String> {
    let mut at_start = true;
    let mut statements = 0;
    for token in tokenize(text)? {
        match &token {
            Token::Word(word) => {
                check_name(&word.value)?;
                let allowed = MIGRATION_STATEMENTS.contains(&word.value.to_uppercase().as_str());
                if at_start && !allowed {
                    return Err(format!(
                        "a migration may not hold a statement that begins with {}",
                        word.value
                    ));
                }
                statements += usize::from(at_start);
                at_start = false;
            }
            Token::SingleQuotedString(text) => check_name(text)?,
            Token::SemiColon => at_start = true,
            Token::Placeholder(_) => return Err("a migration has no parameters".into()),
            _ => {}
        }
    }
    if statements == 0 { Err("a migration without a statement".into()) } else { Ok(()) }
}

fn tokenize(text: &str) -> Result<Vec<Token>, String> {
    Tokenizer::new(&PostgreSqlDialect {}, text).tokenize().map_err(|error| error.to_string())
}

fn check_token(token: &Token) -> Result<(), String> {
    match token {
        Token::Word(word) if word.quote_style.is_some_and(|quote| quote != '"') => {
            Err(format!("{word}: names are quoted with \""))
        }
        // With a backslash it could be an escape to the one database and a character to the other.
        Token::Word(word) if word.value.contains('\\') => Err(format!("a backslash in the name {word}")),
        Token::Word(word) => check_name(&word.value),
        // SQLite takes a string for a name where it expects one.
        Token::SingleQuotedString(text) => check_name(text),
        // Databases don't agree about where these comments end.
        Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) if comment.contains('\r') => {
            Err("a carriage return in a comment".into())
        }
        Token::Whitespace(Whitespace::MultiLineComment(comment)) if comment.contains("/*") => {
            Err("a comment in a comment".into())
        }
        Token::Whitespace(_)
        | Token::Number(_, false)
        | Token::Placeholder(_)
        | Token::Comma
        | Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::Gt
        | Token::LtEq
        | Token::GtEq
        | Token::Plus
        | Token::Minus
        | Token::Mul
        | Token::Div
        | Token::Mod
        | Token::StringConcat
        | Token::LParen
        | Token::RParen
        | Token::Period
        | Token::SemiColon
        | Token::Ampersand
        | Token::Pipe
        | Token::Tilde
        | Token::ShiftLeft
        | Token::ShiftRight => Ok(()),
        other => Err(format!("{other} is not portable SQL")),
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let reserved = RESERVED
        .iter()
        .any(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)));
    if reserved { Err(format!("the name {name} is reserved")) } else { Ok(()) }
}

fn placeholder(name: &str) -> Result<usize, String> {
    name.strip_prefix('$')
        .and_then(|digits| digits.parse().ok())
        .filter(|&number: &usize| (1..=65_535).contains(&number) && name == format!("${number}"))
        .ok_or_else(|| format!("{name} is not a placeholder: they are $1, $2, ..."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_change_only_the_service_own_schema() {
        let good = "-- the first\nCREATE TABLE a (id TEXT PRIMARY KEY); ALTER TABLE a ADD b BIGINT;\n";
        assert_eq!(check_migration(good), Ok(()));
        for text in [
            "",
            "-- nothing",
            "CREATE TABLE lyceum_x (id TEXT)",
            "DROP TABLE \"lyceum_outbox\"",
            "CREATE TABLE a (id TEXT); COMMIT",
            "PRAGMA journal_mode = DELETE",
            "SET search_path TO other",
            "VACUUM",
            "INSERT INTO a VALUES ($1)",
        ] {
            assert!(check_migration(text).is_err(), "{text}");
        }
    }
}
