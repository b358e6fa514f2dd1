//! Filters and orders as SQL over SQLite's JSON functions.

use std::fmt::{self, Write};

use lyceum_sql::Value;

use crate::filter::{Bound, Comparison, Condition, Test};
use crate::path::Path;
use crate::query::{Key, Order};
use crate::scalar::{Number, Scalar};

/// What a field is, as a number: 0 null or missing, 1 number, 2 text, 3 boolean, 4 array, 5 object. The first four
/// are the order of the kinds. An index holds this very text, so it never changes.
pub(super) fn kind(path: &Path) -> String {
    format!(
        "(CASE json_type(body, '{}') WHEN 'integer' THEN 1 WHEN 'real' THEN 1 WHEN 'text' THEN 2 \
         WHEN 'true' THEN 3 WHEN 'false' THEN 3 WHEN 'array' THEN 4 WHEN 'object' THEN 5 ELSE 0 END)",
        path.for_sqlite()
    )
}

/// A field's value. An index holds this very text, so it never changes.
pub(super) fn value(path: &Path) -> String {
    format!("json_extract(body, '{}')", path.for_sqlite())
}

/// A piece of SQL and its parameters.
#[derive(Debug, Default)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) params: Vec<Value>,
}

impl Sql {
    /// Adds a condition that is never NULL.
    pub(super) fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(conditions) => self.joined(conditions, " AND ", "TRUE"),
            Condition::Any(conditions) => self.joined(conditions, " OR ", "FALSE"),
            Condition::Not(condition) => {
                self.text.push_str("NOT ");
                self.condition(condition);
            }
            Condition::Field(path, test) => self.test(path, test),
        }
    }

    fn joined(&mut self, conditions: &[Condition], operator: &str, none: &str) {
        self.text.push('(');
        if conditions.is_empty() {
            self.text.push_str(none);
        }
        for (index, condition) in conditions.iter().enumerate() {
            if index > 0 {
                self.text.push_str(operator);
            }
            self.condition(condition);
        }
        self.text.push(')');
    }

    fn test(&mut self, path: &Path, asked: &Test) {
        match asked {
            Test::Exists => {
                self.say(format_args!("(json_type(body, '{}') IS NOT NULL)", path.for_sqlite()));
            }
            Test::Equals(Scalar::Null) => {
                let (kind, elements) = (kind(path), elements(path));
                self.say(format_args!("({kind} = 0 OR ({kind} = 4 AND EXISTS ({elements} = 'null')))"));
            }
            Test::Equals(wanted) => self.compare(path, "=", wanted),
            Test::Compare(comparison, bound) => {
                let operator = match comparison {
                    Comparison::Greater => ">",
                    Comparison::GreaterOrEqual => ">=",
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                };
                let wanted = match bound {
                    Bound::Number(number) => Scalar::Number(*number),
                    Bound::Text(text) => Scalar::Text(text.clone()),
                };
                self.compare(path, operator, &wanted);
            }
        }
    }

    fn compare(&mut self, path: &Path, operator: &str, wanted: &Scalar) {
        let types = match wanted {
            Scalar::Null => "('null')",
            Scalar::Number(_) => "('integer', 'real')",
            Scalar::Text(_) => "('text')",
            Scalar::Boolean(_) => "('true', 'false')",
        };
        let (kind, value, elements, rank) = (kind(path), value(path), elements(path), wanted.rank());
        let param = self.scalar(wanted);
        self.say(format_args!(
            "(({kind} = {rank} AND {value} {operator} {param}) OR \
             ({kind} = 4 AND EXISTS ({elements} IN {types} AND element.value {operator} {param})))"
        ));
    }

    fn say(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string can't fail.
        let _ = self.text.write_fmt(text);
    }

    /// A fraction goes as text: SQLite reads it as it reads the one in the body, to the last bit.
    fn scalar(&mut self, scalar: &Scalar) -> String {
        let value = match scalar {
            Scalar::Null => Value::Null,
            Scalar::Number(Number::Integer(number)) => Value::Integer(*number),
            Scalar::Number(Number::Float(_)) => {
                let text = self.param(Value::Text(scalar.to_json().to_string()));
                return format!("CAST({text} AS REAL)");
            }
            Scalar::Text(text) => Value::Text(text.clone()),
            Scalar::Boolean(truth) => Value::Boolean(*truth),
        };
        self.param(value)
    }

    fn param(&mut self, value: Value) -> String {
        self.params.push(value);
        format!("${}", self.params.len())
    }

    /// Adds `AND` and that a document has a place in the order, after the key.
    pub(super) fn within(&mut self, order: &Order, after: Option<&Key>) {
        if let Some(field) = &order.field {
            self.say(format_args!(" AND {} < 4", kind(field)));
            for parent in field.parents() {
                let parent = parent.for_sqlite();
                self.say(format_args!(" AND json_type(body, '{parent}') IS NOT 'array'"));
            }
        }
        let Some(after) = after else { return };
        let beyond = if order.descending { "<" } else { ">" };
        let id = self.param(Value::Text(after.id.clone()));
        let Some(field) = &order.field else {
            self.say(format_args!(" AND id {beyond} {id}"));
            return;
        };
        let (kind, rank) = (kind(field), after.value.rank());
        if after.value == Scalar::Null {
            self.say(format_args!(" AND ({kind} {beyond} {rank} OR ({kind} = {rank} AND id {beyond} {id}))"));
            return;
        }
        let (value, param) = (value(field), self.scalar(&after.value));
        self.say(format_args!(
            " AND ({kind} {beyond} {rank} OR ({kind} = {rank} AND {value} {beyond} {param}) \
             OR ({kind} = {rank} AND {value} = {param} AND id {beyond} {id}))"
        ));
    }

    /// Adds `ORDER BY`.
    pub(super) fn ordered(&mut self, order: &Order) {
        let direction = if order.descending { "DESC" } else { "ASC" };
        self.text.push_str(" ORDER BY ");
        if let Some(field) = &order.field {
            self.say(format_args!("{} {direction}, {} {direction}, ", kind(field), value(field)));
        }
        self.say(format_args!("id {direction}"));
    }

    /// Adds `LIMIT`.
    pub(super) fn limited(&mut self, limit: usize) {
        let limit = self.param(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        self.say(format_args!(" LIMIT {limit}"));
    }
}

/// The beginning of a query over a field's elements, up to the type of the element.
fn elements(path: &Path) -> String {
    format!("SELECT 1 FROM json_each(body, '{}') AS element WHERE element.type", path.for_sqlite())
}
