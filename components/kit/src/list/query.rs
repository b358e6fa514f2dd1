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
    page::{listed, wrong},
    problem::Problem,
    sql::{self, Rows, SqlError, Statement},
};

/// What a client asks of a list. An extractor: 400 names the parameter that is unknown, given twice or wrong.
pub struct ListQuery<L> {
    pub(super) asked: Asked,
    listing: PhantomData<fn() -> L>,
}

/// The same without the list's type.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    uri: Uri,
    pub(super) limit: u32,
    cursor: Option<String>,
    pub(super) order: Order,
    pub(super) conditions: Vec<Condition>,
    /// Filters and searches as they were given, in the order of their declaration.
    given: Vec<(String, String)>,
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
        Ok(listed(&self.asked.uri, rows.into_iter().map(item).collect(), next))
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
        let cursor = take("cursor");
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
        Ok(Self { uri: uri.clone(), limit, cursor, order, conditions, given })
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
        let after = self.cursor.as_deref().map(|cursor| seal.open(cursor)).transpose()?;
        let Fetched { rows, next } = self.wanted(list, scope, after.as_ref()).fetch(self.limit, ask)?;
        Ok((rows, next.and_then(|position| seal.seal(&position))))
    }
}

impl List {
    fn limit(&self, text: &str) -> Result<u32, Problem> {
        let limit = text.parse().ok().filter(|limit| (1..=self.max_limit).contains(limit));
        limit.ok_or_else(|| wrong("limit", format!("Must be a number from 1 to {}.", self.max_limit)))
    }

    fn chosen(&self, sort: &str) -> Result<Order, Problem> {
        let chosen = self.orders.iter().find_map(|order| order.asked(sort));
        let names = || self.orders.iter().map(|order| order.name).collect::<Vec<_>>().join(", ");
        chosen.ok_or_else(|| {
            wrong("sort", format!("Must be one of {}, or that with a minus before it.", names()))
        })
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
