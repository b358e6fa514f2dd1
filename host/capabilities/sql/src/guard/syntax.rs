//! The check of a statement's syntax tree: what it reads, calls and changes.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, ObjectName, Query, Select, SetExpr, Statement, TableFactor, Visit, Visitor};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// Functions that mean the same to every backend. A list of what is allowed, since databases have
/// functions that change settings, read files or run text as SQL.
const FUNCTIONS: [&str; 36] = [
    "abs",
    "avg",
    "ceil",
    "coalesce",
    "concat",
    "count",
    "cume_dist",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "lag",
    "last_value",
    "lead",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "power",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "string_agg",
    "substr",
    "sum",
    "trim",
    "upper",
];

/// Whether the statement writes.
pub(super) fn check(text: &str) -> Result<bool, String> {
    let parsed = Parser::parse_sql(&PostgreSqlDialect {}, text).map_err(|error| error.to_string())?;
    let [statement] = parsed.as_slice() else {
        return Err("there must be exactly one statement".into());
    };
    let mut inspection = Inspection { writes: false };
    match statement.visit(&mut inspection) {
        ControlFlow::Continue(()) => Ok(inspection.writes),
        ControlFlow::Break(reason) => Err(reason),
    }
}

struct Inspection {
    writes: bool,
}

fn refuse<T>(reason: impl Into<String>) -> ControlFlow<String, T> {
    ControlFlow::Break(reason.into())
}

impl Visitor for Inspection {
    type Break = String;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<String> {
        match statement {
            Statement::Query(_) => {}
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => self.writes = true,
            _ => return refuse("only SELECT, VALUES, INSERT, UPDATE and DELETE are allowed"),
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
        if !query.locks.is_empty() {
            return refuse("FOR UPDATE is not portable, and not needed: transactions are serialisable");
        }
        match query.body.as_ref() {
            SetExpr::Table(_) | SetExpr::Merge(_) => refuse("TABLE and MERGE are not portable"),
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
        if select.into.is_some() {
            return refuse("SELECT INTO makes a table");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<String> {
        if relation.0.len() > 1 {
            return refuse(format!("{relation}: a table is named without a schema"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<String> {
        match factor {
            TableFactor::Table { args: None, .. }
            | TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            other => refuse(format!("{other}: only tables and sub-queries can be read")),
        }
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<String> {
        if let Expr::Function(function) = expression {
            let name = function.name.to_string().to_lowercase();
            if !FUNCTIONS.contains(&name.as_str()) {
                return refuse(format!("the function {name} is not portable"));
            }
        }
        ControlFlow::Continue(())
    }
}
