//! What a client asks of a list.

use std::{fmt, marker::PhantomData};

use axum::{extract::FromRequestParts, response::Response};
use http::{Uri, request::Parts};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    List, Listing, Order, Scope,
    condition::Condition,
    cursor::Seal,
    driver::{Ask, Fetched},
    sql::{Position, Wanted},
};
use crate::{
    page::{WRONG_CURSOR, listed, wrong},
    problem::Problem,
    sql::{self, Rows, SqlError, Statement},
    violation::Violation,
};

/// What a client asks of a list. An extractor: 400 names the parameter that is unknown, given twice or wrong.
pub struct ListQuery<L> {
    pub(super) asked: Asked,
    pub(super) listing: PhantomData<fn() -> L>,
}

/// The same without the list's type.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Where it was asked for by its URI.
    uri: Option<Uri>,
    pub(super) limit: u32,
    cursor: Option<GivenCursor>,
    pub(super) order: Order,
    pub(super) conditions: Vec<Condition>,
    /// Filters and searches as they were given, in the order of their declaration.
    pub(super) given: Vec<(String, String)>,
}

/// A cursor as a client gave it.
#[derive(Clone, Debug)]
pub(super) struct GivenCursor {
    pub(super) text: String,
    pub(super) place: Place,
}

/// Where in a request something was given.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// By its name.
    Parameter(String),
    /// By its JSON pointer.
    Body(String),
}

impl GivenCursor {
    fn wrong(&self) -> Problem {
        match &self.place {
            Place::Parameter(name) => wrong(name, WRONG_CURSOR),
            Place::Body(pointer) => {
                Problem::invalid(vec![Violation::new("NOT_ALLOWED", WRONG_CURSOR).at(pointer.clone())])
            }
        }
    }
}

impl<L> fmt::Debug for ListQuery<L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.fmt(formatter)
    }
}

impl<L> Clone for ListQuery<L> {
    fn clone(&self) -> Self {
        Self { asked: self.asked.clone(), listing: PhantomData }
    }
}

impl<L: Listing> ListQuery<L> {
    /// What this request asks for.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        Ok(Self { asked: Asked::of(&L::LIST, uri)?, listing: PhantomData })
    }

    /// The value that was given for a filter's parameter, where a handler must know it, too.
    pub fn given<T: DeserializeOwned>(&self, parameter: &str) -> Option<T> {
        let pair = self.asked.given.iter().find(|(name, _)| name == parameter)?;
        let pairs: Vec<(String, T)> = serde_urlencoded::from_str(&encoded(pair)).ok()?;
        pairs.into_iter().next().map(|(_, value)| value)
    }

    /// The page, of all rows; each becomes an item.
    pub fn answer<T: Serialize>(&self, item: impl FnMut(L::Row) -> T) -> Result<Response, Problem> {
        self.answer_within(&Scope::all(), item)
    }

    /// The page, of the rows in this scope; each becomes an item.
    pub fn answer_within<T: Serialize>(
        &self,
        scope: &Scope,
        item: impl FnMut(L::Row) -> T,
    ) -> Result<Response, Problem> {
        let (rows, next) = self.page_by(scope, &mut sql::query)?;
        Ok(listed(self.asked.uri.as_ref(), rows.into_iter().map(item).collect(), next))
    }

    /// The page's rows and the cursor of the next one, read by another function than [`sql::query`], in a test.
    pub fn page_by(
        &self,
        scope: &Scope,
        ask: &mut dyn FnMut(Vec<Statement>) -> Result<Vec<Rows>, SqlError>,
    ) -> Result<(Vec<L::Row>, Option<String>), Problem> {
        let (rows, next) = self.asked.page(&L::LIST, scope, ask)?;
        Ok((rows.all().map_err(SqlError::from)?, next))
    }
}

fn encoded((name, value): &(String, String)) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

impl Asked {
    pub(super) fn of(list: &List, uri: &Uri) -> Result<Self, Problem> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            // Of two different wishes none is obviously the right one.
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(wrong(&name, "Must be given once."));
            }
            if value.contains('\0') {
                return Err(wrong(&name, "Must not contain the character NUL."));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        let mut take =
            |name: &str| pairs.iter().position(|(known, _)| known == name).map(|at| pairs.swap_remove(at).1);
        let limit = take("limit").map_or(Ok(list.default_limit), |limit| list.limit(&limit))?;
        let cursor =
            take("cursor").map(|text| GivenCursor { text, place: Place::Parameter("cursor".to_owned()) });
        // Without orders to choose from there is no such parameter.
        let sort = if list.orders.is_empty() { None } else { take("sort") };
        let order = sort.map_or(Ok(list.order), |sort| list.chosen(&sort))?;
        let (mut given, mut conditions) = (Vec::new(), Vec::new());
        let mut search = Vec::new();
        for declared in list.searches {
            if let Some(text) = take(declared.name) {
                let found = declared.conditions(&text, &order);
                search.extend(found.map_err(|why| wrong(declared.name, why))?);
                given.push((declared.name.to_owned(), text));
            }
        }
        for filter in list.filters {
            let names = filter.parameters();
            let texts: Vec<Option<String>> = names.iter().map(|name| take(name)).collect();
            let asked: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            let condition = filter
                .condition(&asked, &order)
                .map_err(|(at, why)| wrong(names.get(at).map_or(filter.name, String::as_str), why))?;
            conditions.extend(condition);
            given.extend(
                names.into_iter().zip(texts).filter_map(|(name, text)| text.map(|text| (name, text))),
            );
        }
        conditions.extend(search);
        if let Some((unknown, _)) = pairs.first() {
            return Err(wrong(unknown, list.unknown(unknown)));
        }
        Ok(Self { uri: Some(uri.clone()), limit, cursor, order, conditions, given })
    }

    /// What code asks for.
    pub(super) const fn from_code(
        order: Order,
        conditions: Vec<Condition>,
        given: Vec<(String, String)>,
        limit: u32,
        cursor: Option<GivenCursor>,
    ) -> Self {
        Self { uri: None, limit, cursor, order, conditions, given }
    }

    pub(super) fn wanted<'a>(
        &'a self,
        list: &'a List,
        scope: &'a Scope,
        after: Option<&'a Position>,
    ) -> Wanted<'a> {
        Wanted { list, order: self.order, scope, conditions: &self.conditions, after }
    }

    /// The page's rows and the next one's cursor.
    fn page(&self, list: &List, scope: &Scope, ask: Ask<'_>) -> Result<(Rows, Option<String>), Problem> {
        let seal = Seal::of(&self.wanted(list, scope, None), &self.given)?;
        let open = |cursor: &GivenCursor| seal.open(&cursor.text).ok_or_else(|| cursor.wrong());
        let after = self.cursor.as_ref().map(open).transpose()?;
        let Fetched { rows, next } = self.wanted(list, scope, after.as_ref()).fetch(self.limit, ask)?;
        Ok((rows, next.and_then(|position| seal.seal(&position))))
    }
}

impl List {
    fn limit(&self, text: &str) -> Result<u32, Problem> {
        text.parse()
            .ok()
            .and_then(|limit| self.allowed(limit))
            .ok_or_else(|| wrong("limit", self.limit_rule()))
    }

    pub(super) fn allowed(&self, limit: u32) -> Option<u32> {
        (1..=self.max_limit).contains(&limit).then_some(limit)
    }

    pub(super) fn limit_rule(&self) -> String {
        format!("Must be a number from 1 to {}.", self.max_limit)
    }

    fn chosen(&self, sort: &str) -> Result<Order, Problem> {
        self.order_named(sort).ok_or_else(|| wrong("sort", self.sort_rule()))
    }

    pub(super) fn order_named(&self, sort: &str) -> Option<Order> {
        self.orders.iter().find_map(|order| order.asked(sort))
    }

    pub(super) fn sort_rule(&self) -> String {
        let names = self.orders.iter().map(|order| order.name).collect::<Vec<_>>().join(", ");
        format!("Must be one of {names}, or that with a minus before it.")
    }

    fn unknown(&self, name: &str) -> String {
        let searches = self.searches.iter().map(|search| search.name.to_owned());
        let filters = self.filters.iter().flat_map(super::Filter::parameters);
        let sort = (!self.orders.is_empty()).then(|| "sort".to_owned());
        let own = ["limit", "cursor"].map(str::to_owned);
        let known: Vec<String> = searches.chain(filters).chain(sort).chain(own).collect();
        format!("unknown parameter {name}; there are {}", known.join(", "))
    }
}

impl<L: Listing, S: Sync> FromRequestParts<S> for ListQuery<L> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::Filter;
    use crate::search::{Index, Search};

    struct Numbers;

    impl Listing for Numbers {
        type Row = (i64,);
        const LIST: List = List::of("numbers", "id", "id", Order::integer("size"))
            .orders(&[Order::integer("size"), Order::text("name")])
            .searches(&[Search::by("q", Index::words("number_words", "id", &[Order::integer("size")]))])
            .filters(&[
                Filter::equal::<bool>("odd"),
                Filter::range::<u16>("size"),
                Filter::exists("seen_at"),
            ]);
    }

    fn wrong_parameter(query: &str) -> String {
        let uri = format!("/numbers?{query}").parse().unwrap();
        let problem = ListQuery::<Numbers>::of(&uri).unwrap_err();
        assert_eq!(problem.status(), 400, "{query}");
        problem.violations().first().unwrap().pointer.clone()
    }

    #[test]
    fn a_parameter_that_is_unknown_or_given_twice_or_wrong_is_named_by_a_400() {
        for (query, pointer) in [
            ("colour=red", "/query/colour"),
            ("odd=true&odd=true", "/query/odd"),
            ("odd=perhaps", "/query/odd"),
            ("odd=", "/query/odd"),
            ("size=3", "/query/size"),
            ("size_from=x", "/query/size_from"),
            ("size_from=1&size_to=70000", "/query/size_to"),
            ("size_to=-1", "/query/size_to"),
            ("seen_at=1", "/query/seen_at"),
            ("sort=odd", "/query/sort"),
            ("sort=--size", "/query/sort"),
            ("sort=name,size", "/query/sort"),
            ("limit=0", "/query/limit"),
            ("limit=201", "/query/limit"),
            ("q=%00", "/query/q"),
            ("q=a+b+c+d+e+f+g+h+i", "/query/q"),
        ] {
            assert_eq!(wrong_parameter(query), pointer, "{query}");
        }
    }

    #[test]
    fn statements_hold_row_values_and_nothing_that_a_client_wrote() {
        let queries = ["", "odd=true", "size_from=1&size_to=2", "q=zz&seen_at=true", "q=zzzz"];
        let statements = ListQuery::<Numbers>::statements(&queries, &Scope::all()).unwrap();
        let deep = statements.iter().filter(|statement| statement.name.ends_with("deep page"));
        assert!(deep.clone().count() > 20);
        for statement in deep {
            let text = statement.statement.text();
            assert!(text.contains(") > ($") || text.contains(") < ($"), "{text}");
            assert!(!text.contains("zz"), "{text}");
        }
    }
}
