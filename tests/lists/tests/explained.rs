//! No statement of a list reads or sorts more than it has to, as both databases explain them.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::sync::Arc;

use lyceum_kit::{
    list::{ListQuery, ListStatement, Scope},
    sql::Value,
};
use lyceum_lists::{
    Books, Store,
    books::{BEGINNINGS, PIECES, WORDS, migration},
};
use lyceum_private_servers::PostgresServer;
use tokio::runtime::{Builder, Runtime};

/// Each filter and search alone, and some together.
const QUERIES: [&str; 16] = [
    "",
    "genre=play",
    "genres=play,verse",
    "year_from=1900",
    "year_from=1900&year_to=1950",
    "returned=true",
    "returned=false",
    "out=true",
    "q=emm",
    "q=emma+the",
    "contains=persua",
    "begins=emma",
    "q=the&genre=play",
    "q=the&genre=play&year_from=1900&out=true",
    "genres=play,verse&year_from=1900",
    "contains=persua&genre=play",
];

fn statements() -> Vec<ListStatement> {
    let mut statements = ListQuery::<Books>::statements(&QUERIES, &Scope::all()).unwrap();
    statements.extend(ListQuery::<Books>::numbered_statements(&QUERIES, &Scope::all()).unwrap());
    statements
}

/// The statement with its parameters in it, since one that explains has none.
fn literal(statement: &ListStatement) -> String {
    let params = statement.statement.params().iter().enumerate().rev();
    params.fold(statement.statement.text().to_owned(), |text, (at, value)| {
        let value = match value {
            Value::Text(text) => format!("'{text}'"),
            Value::Integer(integer) => integer.to_string(),
            other => panic!("{other:?}"),
        };
        text.replace(&format!("${}", at + 1), &value)
    })
}

fn runtime() -> Arc<Runtime> {
    Arc::new(Builder::new_multi_thread().enable_all().worker_threads(1).build().unwrap())
}

/// With an index for each filter in each order, as the guide wants it.
fn tables() -> String {
    let mut text = migration(&[WORDS, PIECES, BEGINNINGS]);
    for (name, order) in
        [("added", "added_at"), ("year", "year"), ("return", "COALESCE(returned_at, 9223372036854775807)")]
    {
        for (filter, columns, only) in [
            ("genre", "genre, ", ""),
            ("returned", "returned_at, ", ""),
            ("out", "", " WHERE returned_at IS NULL"),
        ] {
            let index =
                format!("CREATE INDEX books_{filter}_{name} ON books ({columns}{order}, id){only};\n");
            text.push_str(&index);
        }
    }
    text
}

#[test]
fn sqlite_looks_every_page_up_in_an_index_and_sorts_none_but_the_few() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.db");
    drop(Store::open(&runtime(), &format!("sqlite:{}", path.display()), &tables()).unwrap());
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut wrong = Vec::new();
    for statement in statements() {
        let text = format!("EXPLAIN QUERY PLAN {}", literal(&statement));
        let mut explained = connection.prepare(&text).unwrap();
        let lines: Vec<String> =
            explained.query_map([], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        let scans = |line: &String| line.starts_with("SCAN book") && !line.contains("USING");
        let sorts = lines.iter().filter(|line| line.contains("TEMP B-TREE FOR ORDER BY")).count();
        if lines.iter().any(scans) || sorts > usize::from(statement.sorts) {
            wrong.push(format!("{}\n{}\n{}", statement.name, statement.statement.text(), lines.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn postgresql_can_read_every_page_by_an_index_and_sorts_none_but_the_few() {
    let server = PostgresServer::start().unwrap();
    let url = server.create_database("explained").unwrap();
    let runtime = runtime();
    drop(Store::open(&runtime, &url, &tables()).unwrap());
    let wrong = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        // Of empty tables everything is quick: what is left then is what can't be avoided.
        let settings = "SET search_path TO books; SET enable_seqscan TO off; SET enable_sort TO off; \
                        SET enable_bitmapscan TO off";
        client.batch_execute(settings).await.unwrap();
        let mut wrong = Vec::new();
        for statement in statements() {
            let rows = client.simple_query(&format!("EXPLAIN {}", literal(&statement))).await.unwrap();
            let lines: Vec<String> = rows
                .iter()
                .filter_map(|row| match row {
                    tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                })
                .collect();
            // What is sorted stands below; the keys of a page are limited before, and not sorted.
            let sort = lines.iter().position(|line| line.contains("Sort  ("));
            let limit = lines.iter().rposition(|line| line.contains("Limit  ("));
            let sorts = sort.is_some_and(|sort| !statement.sorts || limit.is_none_or(|limit| limit < sort));
            if lines.iter().any(|line| line.contains("Seq Scan")) || sorts {
                wrong.push(format!(
                    "{}\n{}\n{}",
                    statement.name,
                    statement.statement.text(),
                    lines.join("\n")
                ));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
