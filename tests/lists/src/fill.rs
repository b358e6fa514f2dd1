//! Many books, made by the databases themselves.

use anyhow::Context as _;
use lyceum_kit::search::Index;

use crate::{books::migration, store::connect};

const WORDS: usize = 4_000;

/// What makes the tables: the first part, before the rows; the second, the indexes, after them, which is quicker.
pub fn schema(with: &[Index]) -> (String, String) {
    let text = migration(with);
    let (indexes, tables): (Vec<&str>, Vec<&str>) =
        text.split_inclusive(";\n").partition(|statement| statement.trim_start().starts_with("CREATE INDEX"));
    (tables.concat(), indexes.concat())
}

/// Words of two to four syllables, the same each time.
fn words() -> Vec<String> {
    const CONSONANTS: [&str; 16] =
        ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w"];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    let pick = |from: &[&'static str], at: usize| from.get(at % from.len()).copied().unwrap_or_default();
    let syllable = |number: usize| format!("{}{}", pick(&CONSONANTS, number), pick(&VOWELS, number / 16));
    (0..WORDS)
        .map(|word| {
            let seed = word * 2_654_435_761 % 4_294_967_296;
            (0..2 + word % 3).map(|at| syllable(seed / (at * 97 + 1))).collect()
        })
        .collect()
}

/// The statements that fill the tables with this many books.
pub fn rows(books: usize) -> String {
    let words: Vec<String> =
        words().iter().enumerate().map(|(at, word)| format!("({at}, '{word}')")).collect();
    format!(
        "CREATE TABLE dictionary (i BIGINT PRIMARY KEY, word TEXT NOT NULL);
         INSERT INTO dictionary VALUES {};
         CREATE TABLE staged (i BIGINT PRIMARY KEY, id TEXT, first TEXT, second TEXT, title TEXT, genre TEXT,
             year BIGINT, returned_at BIGINT);
         WITH RECURSIVE numbers (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < {books})
         INSERT INTO staged SELECT n.i, '00000000-0000-7000-8000-' || CAST(100000000000 + n.i AS TEXT), a.word, b.word,
             CASE WHEN n.i % 3 = 0 THEN 'the ' ELSE '' END || a.word || ' ' || b.word,
             'g' || CAST(n.i % 20 AS TEXT), 1900 + n.i * 31 % 120, CASE WHEN n.i % 10 = 0 THEN NULL ELSE n.i END
         FROM numbers AS n
         JOIN dictionary AS a ON a.i = (n.i * 7919 % {WORDS}) * (n.i * 104729 % {WORDS}) / {WORDS}
         JOIN dictionary AS b ON b.i = n.i * 15485863 % {WORDS};
         INSERT INTO books (id, title, title_folded, genre, year, added_at, returned_at)
         SELECT id, title, title, genre, year, i * 48271 % 2147483647, returned_at FROM staged ORDER BY i;
         CREATE TABLE sizes (size BIGINT);
         INSERT INTO sizes VALUES (1), (2), (3), (5), (8), (13), (64);
         INSERT INTO book_words (book_id, term, title_folded, genre, year, returned_at)
         SELECT id, substr(word, 1, CAST(size AS INTEGER)), title, genre, year, returned_at FROM (
             SELECT id, title, genre, year, returned_at, first AS word FROM staged
             UNION ALL SELECT id, title, genre, year, returned_at, second FROM staged
             UNION ALL SELECT id, title, genre, year, returned_at, 'the' FROM staged WHERE i % 3 = 0
         ) AS words CROSS JOIN sizes WHERE size < length(word) OR size = 64
         ON CONFLICT (book_id, term) DO NOTHING;
         DROP TABLE sizes;
         DROP TABLE staged;
         DROP TABLE dictionary;",
        words.join(", ")
    )
}

/// Fills the SQLite file.
pub fn sqlite(path: &std::path::Path, books: usize, indexes: &str) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    let text = format!("PRAGMA synchronous = OFF; BEGIN; {} {indexes} COMMIT; ANALYZE;", rows(books));
    connection.execute_batch(&text).context("can't fill the file")
}

/// Fills the schema on a PostgreSQL server.
pub async fn postgres(url: &str, books: usize, indexes: &str) -> anyhow::Result<()> {
    let (client, connection) = connect(url).await?;
    let text = format!(
        "SET search_path TO books; SET maintenance_work_mem TO '512MB'; BEGIN; {} {indexes} COMMIT;",
        rows(books)
    );
    client.batch_execute(&text).await.context("can't fill the schema")?;
    client.batch_execute("VACUUM ANALYZE").await?;
    drop(client);
    connection.await??;
    Ok(())
}
