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
                self.compare(path, operator, &scalar(bound));
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

    /// Adds `AND` and that a document that the filter holds for has a place in the order, after the key.
    pub(super) fn within(&mut self, order: &Order, after: Option<&Key>, filter: &Condition) {
        let bounds = order.field.as_ref().map(|field| Bounds::of(field, filter)).unwrap_or_default();
        if let Some(field) = &order.field {
            self.say(format_args!(" AND {} < 4", kind(field)));
            for parent in field.parents() {
                let parent = parent.for_sqlite();
                self.say(format_args!(" AND json_type(body, '{parent}') IS NOT 'array'"));
            }
            self.bounded(field, &bounds, order.descending, after);
        }
        let Some(after) = after else { return };
        let beyond = if order.descending { "<" } else { ">" };
        let id = self.param(Value::Text(after.id.clone()));
        let Some(field) = &order.field else {
            self.say(format_args!(" AND id {beyond} {id}"));
            return;
        };
        if bounds.equal.is_some() {
            self.say(format_args!(" AND id {beyond} {id}"));
            return;
        }
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

    /// Says once more, without `OR`, what the filter asks of the field of the order, which is no array here: SQLite takes
    /// from an index a range and its order only by conditions that all hold. There is one condition at each end, since
    /// of several it takes the first: where a page begins is never outside of what the filter asks.
    fn bounded(&mut self, field: &Path, bounds: &Bounds<'_>, descending: bool, after: Option<&Key>) {
        let (kind, value) = (kind(field), value(field));
        let Some(rank) = bounds.rank() else { return };
        self.say(format_args!(" AND {kind} = {rank}"));
        if let Some(wanted) = bounds.equal {
            let param = self.scalar(wanted);
            self.say(format_args!(" AND {value} = {param}"));
            return;
        }
        let after = after.map(|key| &key.value).filter(|value| value.rank() == rank);
        let (mut low, mut high) = (bounds.low.clone(), bounds.high.clone());
        match after {
            Some(after) if descending => high = Some(("<=", after.clone())),
            Some(after) => low = Some((">=", after.clone())),
            None => {}
        }
        for (operator, bound) in [low, high].into_iter().flatten() {
            let param = self.scalar(&bound);
            self.say(format_args!(" AND {value} {operator} {param}"));
        }
    }

    /// Adds `ORDER BY`. What the filter fixes is left out: SQLite would sort what it finds in the order of an index.
    pub(super) fn ordered(&mut self, order: &Order, filter: &Condition) {
        let direction = if order.descending { "DESC" } else { "ASC" };
        self.text.push_str(" ORDER BY ");
        if let Some(field) = &order.field {
            let bounds = Bounds::of(field, filter);
            if bounds.rank().is_none() {
                self.say(format_args!("{} {direction}, ", kind(field)));
            }
            if bounds.equal.is_none() {
                self.say(format_args!("{} {direction}, ", value(field)));
            }
        }
        self.say(format_args!("id {direction}"));
    }

    /// Adds `LIMIT`.
    pub(super) fn limited(&mut self, limit: usize) {
        let limit = self.param(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        self.say(format_args!(" LIMIT {limit}"));
    }
}

/// What a filter asks of one field, in conditions that all have to hold.
#[derive(Debug, Default)]
struct Bounds<'f> {
    equal: Option<&'f Scalar>,
    low: Option<(&'static str, Scalar)>,
    high: Option<(&'static str, Scalar)>,
}

impl<'f> Bounds<'f> {
    fn of(field: &Path, filter: &'f Condition) -> Self {
        let mut bounds = Self::default();
        bounds.collect(field, filter);
        bounds
    }

    /// The first condition of each sort.
    fn collect(&mut self, field: &Path, condition: &'f Condition) {
        match condition {
            Condition::All(conditions) => {
                for condition in conditions {
                    self.collect(field, condition);
                }
            }
            Condition::Field(path, Test::Equals(wanted)) if path == field && *wanted != Scalar::Null => {
                self.equal.get_or_insert(wanted);
            }
            Condition::Field(path, Test::Compare(comparison, bound)) if path == field => {
                let (end, operator) = match comparison {
                    Comparison::Greater => (&mut self.low, ">"),
                    Comparison::GreaterOrEqual => (&mut self.low, ">="),
                    Comparison::Less => (&mut self.high, "<"),
                    Comparison::LessOrEqual => (&mut self.high, "<="),
                };
                end.get_or_insert_with(|| (operator, scalar(bound)));
            }
            _ => {}
        }
    }

    /// The kind of the values that can be within, if something is asked. Of two kinds nothing is within, which the filter
    /// itself says.
    fn rank(&self) -> Option<u8> {
        let ends = [&self.low, &self.high].into_iter().flatten().map(|(_, bound)| bound.rank());
        self.equal.map(Scalar::rank).into_iter().chain(ends).next()
    }
}

fn scalar(bound: &Bound) -> Scalar {
    match bound {
        Bound::Number(number) => Scalar::Number(*number),
        Bound::Text(text) => Scalar::Text(text.clone()),
    }
}

/// The beginning of a query over a field's elements, up to the type of the element.
fn elements(path: &Path) -> String {
    format!("SELECT 1 FROM json_each(body, '{}') AS element WHERE element.type", path.for_sqlite())
}
