//! The orders of a list.

/// An order of a list: by one column, then by the list's key in the same direction.
///
/// The column must be `NOT NULL`, since databases differ in where they put NULL: see [`Order::or_integer`].
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub(super) name: &'static str,
    pub(crate) column: &'static str,
    pub(super) default: Option<Absent>,
    pub(super) kind: Kind,
    pub(super) descending: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    Integer,
}

/// What stands for NULL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Absent {
    Text(&'static str),
    Integer(i64),
}

impl Order {
    const fn new(column: &'static str, kind: Kind) -> Self {
        Self { name: column, column, default: None, kind, descending: false }
    }

    /// By a column of text, byte by byte, the smallest first: fold what people read with [`crate::text::fold`].
    pub const fn text(column: &'static str) -> Self {
        Self::new(column, Kind::Text)
    }

    /// By a column of integers or times, the smallest first.
    pub const fn integer(column: &'static str) -> Self {
        Self::new(column, Kind::Integer)
    }

    /// The largest first.
    #[must_use]
    pub const fn descending(self) -> Self {
        Self { descending: true, ..self }
    }

    /// How a client calls it in `sort`; like the column if not said.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// A row without a value stands where this value would. The index is then on
    /// `COALESCE(column, value)`, written like that.
    #[must_use]
    pub const fn or_integer(self, value: i64) -> Self {
        Self { default: Some(Absent::Integer(value)), ..self }
    }

    /// A row without a value stands where this text, which must not hold a quote, would; see [`Order::or_integer`].
    #[must_use]
    pub const fn or_text(self, value: &'static str) -> Self {
        Self { default: Some(Absent::Text(value)), ..self }
    }

    /// The column's type.
    pub(crate) const fn sql_type(&self) -> &'static str {
        match self.kind {
            Kind::Text => "TEXT",
            Kind::Integer => "BIGINT",
        }
    }

    /// Whether rows are compared by the column as it is.
    pub(crate) const fn is_plain(&self) -> bool {
        self.default.is_none()
    }

    /// What rows are compared by, in SQL.
    pub(super) fn expression(&self) -> String {
        let column = self.column;
        match self.default {
            None => column.to_owned(),
            Some(Absent::Integer(value)) => format!("COALESCE({column}, {value})"),
            Some(Absent::Text(value)) => format!("COALESCE({column}, '{value}')"),
        }
    }

    /// `ASC` is what SQL means by nothing.
    pub(super) const fn direction(&self) -> &'static str {
        if self.descending { " DESC" } else { "" }
    }

    /// The order that a client asks for by `name` or `-name`, if it is this one.
    pub(super) fn asked(self, sort: &str) -> Option<Self> {
        let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
        (name == self.name).then_some(Self { descending, ..self })
    }
}
