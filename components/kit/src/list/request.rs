//! What code asks of a list.

use std::{fmt, marker::PhantomData};

use super::{
    Field, Filter, ListQuery, Listing, Order,
    condition::Condition,
    filter::Given,
    query::{Asked, GivenCursor, Place},
};
use crate::{
    log,
    page::wrong,
    problem::Problem,
    search::Search,
    violation::{FieldViolation, Violation},
};

/// What code asks of a list, such as the handler of an old face whose clients send a search in a body. It holds to the
/// list's declaration as the query's parameters do.
///
/// ```
/// # use lyceum_kit::{list::{Field, Filter, List, Listing, ListQuery, ListRequest, Order}, prelude::*};
/// # struct Book { id: Uuid, title: String }
/// # from_row!(Book { id, title });
/// const GENRE: Field<String> = Field::equal("genre");
/// const LENT: Field<bool> = Field::flag("lent", "lent_at IS NOT NULL");
///
/// struct Books;
/// impl Listing for Books {
///     type Row = Book;
///     const LIST: List = List::of("books", "id, title", "id", Order::text("title_folded"))
///         .filters(&[GENRE.filter().describe("Only these."), LENT.filter()]);
/// }
///
/// fn search(genre: Option<String>) -> Result<ListQuery<Books>, Problem> {
///     ListRequest::from_body().filter("/query/genre", GENRE, genre).only(LENT, true).finish()
/// }
/// assert!(search(Some("poetry".into())).is_ok());
/// ```
///
/// What a client sent is named by its place: a JSON pointer into the body, or a parameter of the query. Where it breaks
/// a rule of the list, [`ListRequest::finish`] says so of that place, as the extractors do: 422 for a body, 400 for a
/// query. What the list doesn't declare is the programmer's mistake, which is logged and answered by 500: any test that
/// asks so fails.
pub struct ListRequest<L> {
    from_query: bool,
    filters: Vec<(String, Filter, Given)>,
    searches: Vec<(String, Search, String)>,
    order: Option<Order>,
    limit: Option<u32>,
    cursor: Option<GivenCursor>,
    wrong: Vec<FieldViolation>,
    mistake: Option<String>,
    listing: PhantomData<fn() -> L>,
}

impl<L> fmt::Debug for ListRequest<L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { filters, searches, order, .. } = self;
        formatter
            .debug_struct("ListRequest")
            .field("filters", filters)
            .field("searches", searches)
            .field("order", order)
            .finish_non_exhaustive()
    }
}

impl<L: Listing> ListRequest<L> {
    const fn new(from_query: bool) -> Self {
        Self {
            from_query,
            filters: Vec::new(),
            searches: Vec::new(),
            order: None,
            limit: None,
            cursor: None,
            wrong: Vec::new(),
            mistake: None,
            listing: PhantomData,
        }
    }

    /// For values from a body, whose places are JSON pointers such as `/query/genre`; or from nowhere but the code.
    pub const fn from_body() -> Self {
        Self::new(false)
    }

    /// For values from a query, whose places are the names of its parameters.
    pub const fn from_query() -> Self {
        Self::new(true)
    }

    /// Only rows that fulfil this, by a value of the code's own.
    #[must_use]
    pub fn only<V>(self, field: Field<V>, value: V) -> Self {
        self.filter("", field, value)
    }

    /// Only rows that fulfil this, by a value that a client may have given here.
    #[must_use]
    pub fn filter<V>(mut self, place: &str, field: Field<V>, value: impl Into<Option<V>>) -> Self {
        if let Some(value) = value.into() {
            self.filters.push((place.to_owned(), field.filter(), field.given(value)));
        }
        self
    }

    /// Only rows that this finds, by a text that a client may have given here.
    #[must_use]
    pub fn search<'a>(mut self, place: &str, search: Search, text: impl Into<Option<&'a str>>) -> Self {
        if let Some(text) = text.into() {
            self.searches.push((place.to_owned(), search, text.to_owned()));
        }
        self
    }

    /// In this order, or with [`Order::descending`] the other way round, instead of the list's first one.
    #[must_use]
    pub fn sort(mut self, order: Order) -> Self {
        let list = L::LIST;
        if !list.orders.iter().chain([&list.order]).any(|declared| declared.column == order.column) {
            self.mistaken(format_args!("is not ordered by {}", order.column));
        }
        self.order = Some(order);
        self
    }

    /// In the order that a client may have named here: as in `sort`, with a minus for the other way round.
    #[must_use]
    pub fn sort_named<'a>(mut self, place: &str, name: impl Into<Option<&'a str>>) -> Self {
        if let Some(name) = name.into() {
            self.order = L::LIST.order_named(name);
            if self.order.is_none() {
                self.refuse(place, L::LIST.sort_rule());
            }
        }
        self
    }

    /// With at most so many items on a page that is read by its cursor, if a client gave it here.
    #[must_use]
    pub fn limit(mut self, place: &str, limit: impl Into<Option<u32>>) -> Self {
        if let Some(limit) = limit.into() {
            self.limit = L::LIST.allowed(limit);
            if self.limit.is_none() {
                self.refuse(place, L::LIST.limit_rule());
            }
        }
        self
    }

    /// The page that begins at this cursor, if a client gave one here: a `next_cursor` of the same request.
    #[must_use]
    pub fn cursor(mut self, place: &str, cursor: impl Into<Option<String>>) -> Self {
        self.cursor = cursor.into().map(|text| GivenCursor { text, place: self.place(place) });
        self
    }

    /// What was asked for, to be read by its pages; or what is wrong with it.
    pub fn finish(mut self) -> Result<ListQuery<L>, Problem> {
        let list = L::LIST;
        let order = self.order.unwrap_or(list.order);
        let (mut conditions, mut given, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for (place, search, text) in std::mem::take(&mut self.searches) {
            if !list.searches.iter().any(|declared| declared.is(&search)) {
                self.mistaken(format_args!("has no search {}", search.name));
            }
            self.refuse_nul(&place, &text);
            match search.conditions(&text, &order) {
                Ok(conditions) => found.extend(conditions),
                Err(why) => self.refuse(&place, why),
            }
            given.push((search.name.to_owned(), text));
        }
        // The declared order is that in which they are looked up.
        let mut filters = std::mem::take(&mut self.filters);
        filters.sort_by_key(|(_, filter, _)| list.filters.iter().position(|declared| declared.is(filter)));
        for (place, filter, values) in filters {
            if !list.filters.iter().any(|declared| declared.is(&filter)) {
                self.mistaken(format_args!("has no filter {}", filter.name));
            }
            conditions.extend(self.condition(&place, &filter, values, &order, &mut given));
        }
        conditions.extend(found);
        self.check_once(&given);
        self.verdict()?;
        let limit = self.limit.unwrap_or(list.default_limit);
        let asked = Asked::from_code(order, conditions, given, limit, self.cursor);
        Ok(ListQuery { asked, listing: PhantomData })
    }

    fn condition(
        &mut self,
        place: &str,
        filter: &Filter,
        values: Given,
        order: &Order,
        given: &mut Vec<(String, String)>,
    ) -> Option<Condition> {
        let named = filter.parameters().into_iter().zip(values.texts());
        let named = named.filter_map(|(name, text)| text.map(|text| (name, text)));
        for (name, text) in named {
            self.refuse_nul(place, &text);
            given.push((name, text));
        }
        filter.asks(values, order).unwrap_or_else(|why| {
            self.refuse(place, why);
            None
        })
    }

    /// No database keeps the character.
    fn refuse_nul(&mut self, place: &str, text: &str) {
        if text.contains('\0') {
            self.refuse(place, "Must not contain the character NUL.".to_owned());
        }
    }

    fn check_once(&mut self, given: &[(String, String)]) {
        for (at, (name, _)) in given.iter().enumerate() {
            if given.iter().take(at).any(|(before, _)| before == name) {
                self.mistaken(format_args!("is asked twice for {name}"));
            }
        }
    }

    fn place(&self, place: &str) -> Place {
        if self.from_query { Place::Parameter(place.to_owned()) } else { Place::Body(place.to_owned()) }
    }

    fn refuse(&mut self, place: &str, why: String) {
        let code = if self.from_query { "MALFORMED" } else { "NOT_ALLOWED" };
        self.wrong.push(Violation::new(code, why).at(place));
    }

    fn mistaken(&mut self, what: fmt::Arguments<'_>) {
        self.mistake.get_or_insert_with(|| format!("the list of {} {what}", L::LIST.table));
    }

    fn verdict(&mut self) -> Result<(), Problem> {
        if let Some(mistake) = &self.mistake {
            log::error(mistake);
            return Err(Problem::internal());
        }
        match std::mem::take(&mut self.wrong).as_slice() {
            [] => Ok(()),
            [first, ..] if self.from_query => Err(wrong(&first.pointer, first.message.clone())),
            all => Err(Problem::invalid(all.to_vec())),
        }
    }
}

#[cfg(test)]
mod tests;
