//! Typed rows.

use super::value::{FromValue, Value};

/// What a statement returned.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub(crate) columns: Vec<String>,
    pub(crate) values: Vec<Vec<Value>>,
    /// Rows changed; 0 for a SELECT.
    pub affected: u64,
}

/// One row; its values are taken out by column name.
#[derive(Debug)]
pub struct Row<'a> {
    columns: &'a [String],
    values: Vec<Value>,
}

/// A row isn't as the service expects: a fault of its SQL, or of its data.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// There is no such column.
    #[error("no column {0}")]
    Missing(String),
    /// The column holds another type.
    #[error("column {0} holds another type or an unusable value")]
    Type(String),
    /// Two columns have this name, so that one of them can't be reached: give it another by `AS`.
    #[error("two columns are named {0}")]
    Repeated(String),
    /// Another number of rows than exactly one, or at most one.
    #[error("{0} rows where one was expected")]
    Count(usize),
}

/// Can be made from a row. See also [`crate::from_row!`].
pub trait FromRow: Sized {
    /// From a row.
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError>;
}

impl Row<'_> {
    /// The value of a column. Taking it twice gives NULL the second time.
    pub fn take<T: FromValue>(&mut self, column: &str) -> Result<T, RowError> {
        let value =
            self.columns.iter().position(|name| name == column).and_then(|at| self.values.get_mut(at));
        let value = value.ok_or_else(|| RowError::Missing(column.to_owned()))?;
        let value = std::mem::replace(value, Value::Null);
        T::from_value(value).ok_or_else(|| RowError::Type(column.to_owned()))
    }
}

impl Rows {
    /// Rows as a database returned them, for tests that have one of their own.
    pub fn new(columns: Vec<String>, values: Vec<Vec<Value>>, affected: u64) -> Self {
        Self { columns, values, affected }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
    }

    /// The last row; it stays.
    pub(crate) fn last<T: FromRow>(&self) -> Result<Option<T>, RowError> {
        let last = self.values.last();
        last.map(|values| T::from_row(&mut Row { columns: &self.columns, values: values.clone() }))
            .transpose()
    }

    /// Every row.
    pub fn all<T: FromRow>(self) -> Result<Vec<T>, RowError> {
        let Self { columns, values, .. } = self;
        let mut names = columns.iter().enumerate();
        if let Some((_, name)) = names.find(|(at, name)| columns.iter().take(*at).any(|other| other == *name))
        {
            return Err(RowError::Repeated(name.clone()));
        }
        values.into_iter().map(|values| T::from_row(&mut Row { columns: &columns, values })).collect()
    }

    /// The only row, or `None`; an error when there are more.
    pub fn optional<T: FromRow>(self) -> Result<Option<T>, RowError> {
        match self.values.len() {
            0 | 1 => Ok(self.all()?.pop()),
            more => Err(RowError::Count(more)),
        }
    }

    /// The only row.
    pub fn one<T: FromRow>(self) -> Result<T, RowError> {
        self.optional()?.ok_or(RowError::Count(0))
    }
}

/// One column is enough for a single value, whatever its name.
impl<T: FromValue> FromRow for (T,) {
    fn from_row(row: &mut Row<'_>) -> Result<Self, RowError> {
        let column = row.columns.first().cloned().ok_or_else(|| RowError::Missing("1".into()))?;
        Ok((row.take(&column)?,))
    }
}

/// Implements [`FromRow`] for a struct whose fields are named as its columns:
/// `from_row!(Book { id, title, version });`
#[macro_export]
macro_rules! from_row {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::sql::FromRow for $type {
            fn from_row(row: &mut $crate::sql::Row<'_>) -> ::std::result::Result<Self, $crate::sql::RowError> {
                ::std::result::Result::Ok(Self { $($field: row.take(stringify!($field))?),* })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Book {
        title: String,
        lent: bool,
    }
    from_row!(Book { title, lent });

    fn rows(count: usize) -> Rows {
        Rows {
            columns: vec!["lent".into(), "title".into()],
            values: vec![vec![Value::Integer(1), Value::Text("Emma".into())]; count],
            affected: 0,
        }
    }

    #[test]
    fn columns_are_found_by_name() {
        assert_eq!(rows(1).one::<Book>(), Ok(Book { title: "Emma".into(), lent: true }));
        assert_eq!(rows(2).all::<Book>().unwrap().len(), 2);
    }

    #[test]
    fn the_number_of_rows_is_checked() {
        assert_eq!(rows(0).optional::<Book>(), Ok(None));
        assert_eq!(rows(0).one::<Book>(), Err(RowError::Count(0)));
        assert_eq!(rows(2).optional::<Book>(), Err(RowError::Count(2)));
    }

    #[test]
    fn columns_of_one_name_are_refused_with_and_without_rows() {
        for values in [vec![], vec![vec![Value::Integer(1), Value::Integer(2)]]] {
            let rows = Rows { columns: vec!["id".into(), "id".into()], values, affected: 0 };
            assert_eq!(rows.all::<(i64,)>(), Err(RowError::Repeated("id".into())));
        }
    }

    #[test]
    fn a_wrong_type_names_the_column() {
        let rows = Rows { columns: vec!["lent".into()], values: vec![vec![Value::Null]], affected: 0 };
        assert_eq!(rows.one::<(bool,)>(), Err(RowError::Type("lent".into())));
    }
}
