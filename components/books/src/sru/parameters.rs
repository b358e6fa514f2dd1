//! What a client asks for.

use super::diagnostic::Diagnostic;

/// Records in one answer, at most, and if nothing is said.
pub(super) const MOST: i64 = 100;
pub(super) const DEFAULT: i64 = 10;

/// How a record is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Schema {
    Marc,
    DublinCore,
}

impl Schema {
    pub(super) const ALL: [Self; 2] = [Self::Marc, Self::DublinCore];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Marc => "marcxml",
            Self::DublinCore => "dc",
        }
    }

    pub(super) const fn identifier(self) -> &'static str {
        match self {
            Self::Marc => "info:srw/schema/1/marcxml-v1.1",
            Self::DublinCore => "info:srw/schema/1/dc-v1.1",
        }
    }
}

/// A search.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Search {
    /// CQL.
    pub(super) query: String,
    /// The first record, from 1.
    pub(super) start: i64,
    /// 0 to [`MOST`].
    pub(super) maximum: i64,
    pub(super) schema: Schema,
    /// Whether records are given as texts instead of as XML.
    pub(super) packed: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    Explain {
        packed: bool,
    },
    /// Walking through an index, which is not served.
    Scan,
    Search(Search),
}

/// The versions that are spoken; answers are the same in both.
const VERSIONS: [&str; 2] = ["1.2", "1.1"];
const KNOWN: [&str; 11] = [
    "operation",
    "version",
    "query",
    "startRecord",
    "maximumRecords",
    "recordSchema",
    "recordPacking",
    "recordXPath",
    "resultSetTTL",
    "sortKeys",
    "stylesheet",
];

/// The parameters that were given.
struct Given(Vec<(String, String)>);

impl Given {
    /// What is empty is as if it weren't given.
    fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn check(&self) -> Result<(), Diagnostic> {
        for (at, (name, value)) in self.0.iter().enumerate() {
            // What begins so is an extension, which whoever doesn't know it passes over.
            if !KNOWN.contains(&name.as_str()) && !name.starts_with("x-") {
                return Err(Diagnostic::new(8, name));
            }
            if self.0.iter().take(at).any(|(before, _)| before == name) {
                return Err(Diagnostic::new(6, name));
            }
            // No text that is searched holds it.
            if value.contains('\0') {
                return Err(Diagnostic::new(if name == "query" { 10 } else { 6 }, name));
            }
        }
        let version = self.get("version").is_none_or(|version| VERSIONS.contains(&version));
        if version { Ok(()) } else { Err(Diagnostic::new(5, "1.2")) }
    }

    fn operation(&self) -> Result<Operation, Diagnostic> {
        // What isn't served has parameters of its own.
        match self.get("operation") {
            Some("scan") => return Ok(Operation::Scan),
            None | Some("searchRetrieve" | "explain") => {}
            Some(other) => return Err(Diagnostic::new(4, other)),
        }
        self.check()?;
        let packed = match self.get("recordPacking") {
            None | Some("xml") => false,
            Some("string") => true,
            Some(other) => return Err(Diagnostic::new(71, other)),
        };
        match self.get("operation") {
            Some("searchRetrieve") => self.search(packed).map(Operation::Search),
            Some(_) => Ok(Operation::Explain { packed }),
            None if self.get("query").is_none() && self.get("version").is_none() => {
                Ok(Operation::Explain { packed })
            }
            None => Err(Diagnostic::new(7, "operation")),
        }
    }

    fn search(&self, packed: bool) -> Result<Search, Diagnostic> {
        for (name, number) in [("recordXPath", 72), ("sortKeys", 80), ("stylesheet", 110)] {
            if let Some(value) = self.get(name) {
                return Err(Diagnostic::new(number, value));
            }
        }
        let required = |name: &'static str| self.get(name).ok_or_else(|| Diagnostic::new(7, name));
        required("version")?;
        let number =
            |name: &'static str, least: i64, default: i64| match self.get(name).map(str::parse::<i64>) {
                None => Ok(default),
                Some(Ok(number)) if (least..=i64::from(u32::MAX)).contains(&number) => Ok(number),
                Some(_) => Err(Diagnostic::new(6, name)),
            };
        let schema = self.get("recordSchema").unwrap_or(Schema::Marc.name());
        let known = |known: &Schema| [known.name(), known.identifier()].contains(&schema);
        Ok(Search {
            query: required("query")?.to_owned(),
            start: number("startRecord", 1, 1)?,
            maximum: number("maximumRecords", 0, DEFAULT)?.min(MOST),
            schema: Schema::ALL.into_iter().find(known).ok_or_else(|| Diagnostic::new(66, schema))?,
            packed,
        })
    }
}

/// Reads a query or a form: the version that is to be answered in, and what is asked for or wrong.
pub(super) fn read(query: &[u8]) -> (&'static str, Result<Operation, Diagnostic>) {
    let given = Given(form_urlencoded::parse(query).into_owned().collect());
    let version = VERSIONS.into_iter().find(|version| given.get("version") == Some(*version));
    (version.unwrap_or("1.2"), given.operation())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_has_its_values_and_its_diagnostic() {
        let search = "operation=searchRetrieve&version=1.1&query=a";
        for (query, number) in [
            (String::new(), 0),
            ("operation=explain".to_owned(), 0),
            ("operation=explain&version=1.1&recordPacking=string".to_owned(), 0),
            ("operation=delete&version=1.2&colour=red".to_owned(), 4),
            ("operation=searchRetrieve&version=1.2&query=a%00".to_owned(), 10),
            ("operation=searchRetrieve&version=1.2%00&query=a".to_owned(), 6),
            ("version=1.2&query=a".to_owned(), 7),
            ("operation=searchRetrieve&query=a".to_owned(), 7),
            ("operation=searchRetrieve&version=1.2".to_owned(), 7),
            ("operation=searchRetrieve&version=2.0&query=a".to_owned(), 5),
            (search.to_owned(), 0),
            (format!("{search}&x-info-5=1&resultSetTTL=60"), 0),
            (format!("{search}&colour=red"), 8),
            (format!("{search}&query=b"), 6),
            (format!("{search}&startRecord=0"), 6),
            (format!("{search}&startRecord=one"), 6),
            (format!("{search}&startRecord=9223372036854775807"), 6),
            (format!("{search}&maximumRecords=-1"), 6),
            (format!("{search}&maximumRecords=100000&startRecord=7"), 0),
            (format!("{search}&recordSchema=mods"), 66),
            (format!("{search}&recordSchema=info:srw/schema/1/dc-v1.1"), 0),
            (format!("{search}&recordPacking=json"), 71),
            (format!("{search}&recordXPath=/a"), 72),
            (format!("{search}&sortKeys=title"), 80),
            (format!("{search}&stylesheet=/a.xsl"), 110),
        ] {
            let read = read(query.as_bytes()).1;
            assert_eq!(read.err().map_or(0, |diagnostic| diagnostic.number), number, "{query}");
        }
        let scan = "operation=scan&version=1.1&scanClause=title%3Da&responsePosition=1&maximumTerms=5";
        assert_eq!(read(scan.as_bytes()), ("1.1", Ok(Operation::Scan)));
        let (version, operation) = read(format!("{search}&maximumRecords=1000").as_bytes());
        let meant =
            Search { query: "a".into(), start: 1, maximum: MOST, schema: Schema::Marc, packed: false };
        assert_eq!((version, operation), ("1.1", Ok(Operation::Search(meant))));
    }
}
