//! Values as the server's types.

use bytes::{Bytes, BytesMut};
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::{Error, Value};

/// A parameter in the type that the server expects.
#[derive(Debug)]
pub(super) enum Param<'a> {
    Null,
    Bool(bool),
    Int2(i16),
    Int4(i32),
    Int8(i64),
    Float4(f32),
    Float8(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Param<'a> {
    /// Refuses a value that doesn't fit. Integers stand for truth values, and the other way round.
    pub(super) fn new(value: &'a Value, kind: &Type) -> Result<Self, Error> {
        let mismatch = || Error::Invalid(format!("a parameter of type {kind} can't be {}", name(value)));
        let param = match (value, kind) {
            (Value::Null, _) => Self::Null,
            (Value::Boolean(truth), &Type::BOOL) => Self::Bool(*truth),
            (Value::Integer(number @ (0 | 1)), &Type::BOOL) => Self::Bool(*number == 1),
            (Value::Boolean(truth), &Type::INT2 | &Type::INT4 | &Type::INT8) => {
                Self::integer(i64::from(*truth), kind).ok_or_else(mismatch)?
            }
            (Value::Integer(number), &Type::INT2 | &Type::INT4 | &Type::INT8) => {
                Self::integer(*number, kind).ok_or_else(mismatch)?
            }
            (Value::Integer(number), &Type::FLOAT4 | &Type::FLOAT8) => Self::float(float(*number), kind),
            (Value::Float(number), &Type::FLOAT4 | &Type::FLOAT8) => Self::float(*number, kind),
            (
                Value::Text(text),
                &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME | &Type::UNKNOWN,
            ) => Self::Text(text),
            (Value::Bytes(bytes), &Type::BYTEA) => Self::Bytes(bytes),
            _ => return Err(mismatch()),
        };
        Ok(param)
    }

    fn integer(number: i64, kind: &Type) -> Option<Self> {
        match *kind {
            Type::INT2 => number.try_into().ok().map(Self::Int2),
            Type::INT4 => number.try_into().ok().map(Self::Int4),
            _ => Some(Self::Int8(number)),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "that is what a column of less precision asks for")]
    fn float(number: f64, kind: &Type) -> Self {
        if *kind == Type::FLOAT4 { Self::Float4(number as f32) } else { Self::Float8(number) }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a float column keeps what a float can")]
fn float(number: i64) -> f64 {
    number as f64
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(truth) => truth.to_sql(kind, out),
            Self::Int2(number) => number.to_sql(kind, out),
            Self::Int4(number) => number.to_sql(kind, out),
            Self::Int8(number) => number.to_sql(kind, out),
            Self::Float4(number) => number.to_sql(kind, out),
            Self::Float8(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // `Param::new` chose by the very type.
        true
    }

    to_sql_checked!();
}

/// Refuses a result column whose type no value can hold.
pub(super) fn check_column(column: &str, kind: &Type) -> Result<(), Error> {
    match *kind {
        Type::BOOL
        | Type::INT2
        | Type::INT4
        | Type::INT8
        | Type::FLOAT4
        | Type::FLOAT8
        | Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::UNKNOWN
        | Type::BYTEA => Ok(()),
        _ => Err(Error::Invalid(format!("the column {column} has type {kind}: CAST it"))),
    }
}

/// The row's values.
pub(super) fn values(row: &Row) -> Result<Vec<Value>, tokio_postgres::Error> {
    row.columns().iter().enumerate().map(|(index, column)| value(row, index, column.type_())).collect()
}

fn value(row: &Row, index: usize, kind: &Type) -> Result<Value, tokio_postgres::Error> {
    let value = match *kind {
        Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map(Value::Boolean),
        Type::INT2 => row.try_get::<_, Option<i16>>(index)?.map(|number| Value::Integer(number.into())),
        Type::INT4 => row.try_get::<_, Option<i32>>(index)?.map(|number| Value::Integer(number.into())),
        Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map(Value::Integer),
        Type::FLOAT4 => row.try_get::<_, Option<f32>>(index)?.map(|number| Value::Float(number.into())),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(index)?.map(Value::Float),
        Type::BYTEA => {
            row.try_get::<_, Option<&[u8]>>(index)?.map(|bytes| Value::Bytes(Bytes::copy_from_slice(bytes)))
        }
        _ => row.try_get::<_, Option<String>>(index)?.map(Value::Text),
    };
    Ok(value.unwrap_or(Value::Null))
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Boolean(_) => "a truth value",
        Value::Integer(_) => "this integer",
        Value::Float(_) => "a float",
        Value::Text(_) => "a text",
        Value::Bytes(_) => "bytes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_truth_values_stand_for_each_other() {
        let param = |value: &Value, kind: Type| format!("{:?}", Param::new(value, &kind));
        assert_eq!(param(&Value::Integer(1), Type::BOOL), "Ok(Bool(true))");
        assert_eq!(param(&Value::Boolean(true), Type::INT8), "Ok(Int8(1))");
        assert_eq!(param(&Value::Integer(7), Type::FLOAT8), "Ok(Float8(7.0))");
    }

    #[test]
    fn what_does_not_fit_is_invalid() {
        for (value, kind) in [
            (Value::Integer(2), Type::BOOL),
            (Value::Integer(70_000), Type::INT2),
            (Value::Integer(3_000_000_000), Type::INT4),
            (Value::Float(1.0), Type::INT8),
            (Value::Text("1".into()), Type::INT8),
            (Value::Integer(1), Type::TEXT),
            (Value::Text("x".into()), Type::BYTEA),
            (Value::Text("x".into()), Type::UUID),
        ] {
            assert!(matches!(Param::new(&value, &kind), Err(Error::Invalid(_))), "{value:?} as {kind}");
        }
    }
}
