//! What a service's statement may be, decided before a database sees it.
//!
//! A statement is exactly one SELECT, VALUES, INSERT, UPDATE or DELETE (or WITH one of these) in the part
//! of SQL that every backend reads alike, on the service's own tables: not on this crate's, not on the
//! database's own, not on another schema's.

mod budget;
mod prepare;
mod syntax;
mod tokens;

use moka::sync::Cache;

use crate::{Dialect, Error, Limits, Publishes, Statement, Value};

pub(crate) use budget::Budget;
pub(crate) use prepare::Prepared;
pub(crate) use tokens::check_migration;

/// What is known of a statement's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    writes: bool,
    placeholders: usize,
}

/// Checks statements and remembers the verdict on each text.
#[derive(Debug)]
pub(crate) struct Guard {
    limits: Limits,
    dialect: Dialect,
    publishes: Publishes,
    verdicts: Cache<String, Result<Verdict, String>>,
}

impl Guard {
    pub(crate) fn new(limits: Limits, dialect: Dialect, publishes: Publishes) -> Self {
        let verdicts = Cache::builder()
            .max_capacity(4 * 1024 * 1024)
            .weigher(|text: &String, _| u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_add(256))
            .build();
        Self { limits, dialect, publishes, verdicts }
    }

    /// Refuses statements that may not run. Returns the bytes of their parameters.
    pub(crate) fn check(&self, statements: &[Statement], may_write: bool) -> Result<usize, Error> {
        if statements.len() > self.limits.statements {
            return Err(Error::TooLarge(format!("more than {} statements", self.limits.statements)));
        }
        let mut bytes = 0;
        for statement in statements {
            let verdict = self.verdict(&statement.text)?;
            if verdict.writes && !may_write {
                return Err(Error::Invalid("a query may not write".into()));
            }
            bytes += self.check_params(&statement.params, verdict.placeholders)?;
        }
        if bytes > self.limits.request_bytes {
            return Err(Error::TooLarge(format!(
                "parameters of more than {} bytes",
                self.limits.request_bytes
            )));
        }
        Ok(bytes)
    }

    /// Whether a statement that was checked writes.
    pub(crate) fn writes(&self, text: &str) -> Result<bool, Error> {
        self.verdict(text).map(|verdict| verdict.writes)
    }

    fn verdict(&self, text: &str) -> Result<Verdict, Error> {
        if text.len() > self.limits.text_bytes {
            return Err(Error::TooLarge(format!(
                "a statement of more than {} bytes",
                self.limits.text_bytes
            )));
        }
        if let Some(known) = self.verdicts.get(text) {
            return known.map_err(Error::Invalid);
        }
        let verdict = match self.dialect {
            Dialect::Portable => judge(text),
            // Whether it may write is left to the connection: those that read can't.
            Dialect::Native => {
                tokens::placeholders(text).map(|placeholders| Verdict { writes: false, placeholders })
            }
        };
        self.verdicts.insert(text.to_owned(), verdict.clone());
        verdict.map_err(Error::Invalid)
    }

    fn check_params(&self, params: &[Value], placeholders: usize) -> Result<usize, Error> {
        if params.len() > self.limits.params {
            return Err(Error::TooLarge(format!("more than {} parameters", self.limits.params)));
        }
        if params.len() != placeholders {
            return Err(Error::Invalid(format!(
                "{placeholders} placeholders, but {} parameters",
                params.len()
            )));
        }
        let mut bytes = 0;
        for param in params {
            match param {
                Value::Text(text) if text.contains('\0') => {
                    return Err(Error::Invalid("text with a NUL character".into()));
                }
                // SQLite would store NULL.
                Value::Float(number) if number.is_nan() => {
                    return Err(Error::Invalid("a float that is not a number".into()));
                }
                _ => bytes += size(param),
            }
        }
        Ok(bytes)
    }
}

fn judge(text: &str) -> Result<Verdict, String> {
    let placeholders = tokens::check(text)?;
    let writes = syntax::check(text)?;
    Ok(Verdict { writes, placeholders })
}

/// Roughly what a value takes in memory and on the wire.
fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => 8 + text.len(),
        Value::Bytes(bytes) => 8 + bytes.len(),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => 8,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn portable_statements_pass() {
        for (text, writes, placeholders) in [
            ("SELECT id, name FROM users WHERE id = $1", false, 1),
            (
                "select \"name\" from users -- by name\n where lower(name) >= $1 and name < $2 limit 10;",
                false,
                2,
            ),
            ("VALUES (1, 'a''b')", false, 0),
            (
                "WITH recent AS (SELECT id FROM orders WHERE at > $1) SELECT CAST(count(*) AS BIGINT) FROM recent",
                false,
                1,
            ),
            (
                "INSERT INTO users (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                true,
                2,
            ),
            (
                "INSERT INTO copies SELECT id FROM users WHERE true ON CONFLICT DO NOTHING RETURNING id",
                true,
                0,
            ),
            ("UPDATE users SET version = version + 1, name = $2 WHERE id = $1 AND version = $3", true, 3),
            ("DELETE FROM users WHERE id IN (SELECT id FROM old) RETURNING id AS \"gone\"", true, 0),
            ("WITH x AS (SELECT 1 AS id) INSERT INTO users (id) SELECT id FROM x", true, 0),
            (
                "SELECT u.id, CASE WHEN a.b IS NULL THEN 0 ELSE 1 END FROM users u LEFT JOIN a ON a.id = u.id",
                false,
                0,
            ),
            ("SELECT row_number() OVER (PARTITION BY a ORDER BY b DESC), a || '-' || $1 FROM t", false, 1),
            ("SELECT EXISTS (SELECT 1 FROM t WHERE a BETWEEN $1 AND $2 OR NOT b)", false, 2),
        ] {
            assert_eq!(judge(text), Ok(Verdict { writes, placeholders }), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            ";",
            "SELECT 1; SELECT 2",
            "DROP TABLE users",
            "CREATE TABLE x (id TEXT)",
            "BEGIN",
            "COMMIT",
            "PRAGMA foreign_keys = OFF",
            "ATTACH 'x' AS y",
            "EXPLAIN SELECT 1",
            "SET search_path TO other",
            "COPY users TO '/tmp/x'",
            "MERGE INTO users USING x ON true WHEN MATCHED THEN DELETE",
            "DO $$ BEGIN END $$",
            "SELECT * FROM lyceum_outbox",
            "SELECT * FROM LYCEUM_once",
            "DELETE FROM \"lyceum_outbox\"",
            "SELECT * FROM [lyceum_outbox]",
            "SELECT * FROM `lyceum_outbox`",
            "SELECT * FROM 'lyceum_outbox'",
            "SELECT * FROM U&\"\\006cyceum_outbox\"",
            "SELECT * FROM u & \"\\006cyceum_outbox\"",
            "SELECT * FROM /* /* */ lyceum_outbox -- */",
            "SELECT 1 -- \r FROM lyceum_outbox",
            "SELECT pg_sleep(10)",
            "SELECT * FROM pg_tables",
            "SELECT * FROM sqlite_master",
            "SELECT * FROM pragma_table_info('users')",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM auth.users",
            "INSERT INTO auth.users (id) VALUES (1)",
            "UPDATE auth.users SET id = 1",
            "DELETE FROM auth.users",
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM auth.users)",
            "SELECT auth.secret()",
            "SELECT set_config('search_path', 'auth', false)",
            "SELECT query_to_xml('select 1', true, true, '')",
            "SELECT * FROM ts_stat('select 1')",
            "SELECT load_extension('x')",
            "SELECT * INTO copies FROM users",
            "SELECT * FROM users FOR UPDATE",
            "SELECT * FROM users WHERE id = ?",
            "SELECT * FROM users WHERE id = :id",
            "SELECT * FROM users WHERE id = @id",
            "SELECT $0",
            "SELECT $2",
            "SELECT $1, $3",
            "SELECT $99999999999999999999",
            "SELECT $name",
            "SELECT $$lyceum_outbox$$",
            "SELECT E'\\x41'",
            "SELECT 1::TEXT",
            "TABLE users",
        ] {
            assert!(judge(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_write_hidden_in_a_query_is_seen() {
        let guard = Guard::new(Limits::default(), Dialect::Portable, Publishes::anything());
        let statement = |text: &str| Statement { text: text.into(), params: Vec::new(), expect_rows: None };
        for text in ["DELETE FROM a", "WITH x AS (DELETE FROM a RETURNING id) SELECT id FROM x"] {
            assert!(matches!(guard.check(&[statement(text)], false), Err(Error::Invalid(_))), "{text}");
        }
        assert_eq!(guard.check(&[statement("SELECT id FROM a")], false), Ok(0));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_guard(text in "(SELECT|WITH|INSERT INTO)?[ -~\\n\\u{e9}]{0,60}") {
            if let Ok(verdict) = judge(&text) {
                prop_assert!(verdict.placeholders <= text.len());
            }
        }

        #[test]
        fn reserved_names_are_refused_however_they_are_written(
            prefix in prop::sample::select(vec!["lyceum_", "pg_", "sqlite_", "information_schema"]),
            rest in "[a-z0-9_]{0,8}",
            upper in any::<bool>(),
            quote in prop::sample::select(vec!["", "\"", "'", "`"]),
            space in prop::sample::select(vec![" ", "\n", "/**/", "--\n"]),
        ) {
            let name = format!("{prefix}{rest}");
            let name = if upper { name.to_uppercase() } else { name };
            let text = format!("SELECT *{space}FROM{space}{quote}{name}{quote}{space}");
            prop_assert!(judge(&text).is_err());
        }
    }
}
