//! Bodies as BSON.

use mongodb::bson::{Bson, Document};
use serde_json::{Map, Number, Value};

use crate::Error;
use crate::body::Body;
use crate::scalar::{self, Scalar};

pub(super) fn to_bson(body: &Body) -> Document {
    document(body.map())
}

fn document(map: &Map<String, Value>) -> Document {
    map.iter().map(|(name, value)| (name.clone(), bson(value))).collect()
}

fn bson(value: &Value) -> Bson {
    match value {
        Value::Null => Bson::Null,
        Value::Bool(truth) => Bson::Boolean(*truth),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Bson::Double(number.as_f64().unwrap_or_default()), Bson::Int64)
        }
        Value::String(text) => Bson::String(text.clone()),
        Value::Array(values) => Bson::Array(values.iter().map(bson).collect()),
        Value::Object(map) => Bson::Document(document(map)),
    }
}

pub(super) fn of_scalar(scalar: &Scalar) -> Bson {
    match scalar {
        Scalar::Null => Bson::Null,
        Scalar::Number(scalar::Number::Integer(number)) => Bson::Int64(*number),
        Scalar::Number(scalar::Number::Float(number)) => Bson::Double(*number),
        Scalar::Text(text) => Bson::String(text.clone()),
        Scalar::Boolean(truth) => Bson::Boolean(*truth),
    }
}

pub(super) fn from_bson(document: &Document) -> Result<Body, Error> {
    map(document).map(Body::trusted)
}

fn map(document: &Document) -> Result<Map<String, Value>, Error> {
    document.iter().map(|(name, bson)| Ok((name.clone(), json(bson)?))).collect()
}

fn json(bson: &Bson) -> Result<Value, Error> {
    Ok(match bson {
        Bson::Null => Value::Null,
        Bson::Boolean(truth) => Value::Bool(*truth),
        Bson::Int32(number) => Value::from(*number),
        Bson::Int64(number) => Value::from(*number),
        Bson::Double(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Bson::String(text) => Value::String(text.clone()),
        Bson::Array(values) => Value::Array(values.iter().map(json).collect::<Result<_, _>>()?),
        Bson::Document(document) => Value::Object(map(document)?),
        other => {
            let kind = other.element_type();
            return Err(Error::Unavailable(format!("a stored document holds {kind:?}, which JSON has not")));
        }
    })
}
