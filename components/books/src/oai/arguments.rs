//! What a harvester asks for.

use lyceum_kit::text_enum;

use super::datestamp::Bound;
use super::selection::{Selection, is_set};
use super::token::Token;
use super::{Fault, MetadataFormat};

text_enum! {
    /// The six requests of the protocol.
    pub(super) enum Verb {
        /// Says what the repository is.
        Identify = "Identify",
        /// Says how records are written.
        ListMetadataFormats = "ListMetadataFormats",
        /// Says which sets there are.
        ListSets = "ListSets",
        /// Records without their content.
        ListIdentifiers = "ListIdentifiers",
        /// Records.
        ListRecords = "ListRecords",
        /// One record.
        GetRecord = "GetRecord",
    }
}

const TOKEN: &str = "resumptionToken";

impl Verb {
    /// The arguments that it must have, and those that it may have.
    const fn arguments(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Identify => (&[], &[]),
            Self::ListMetadataFormats => (&[], &["identifier"]),
            Self::ListSets => (&[], &[TOKEN]),
            Self::ListIdentifiers | Self::ListRecords => {
                (&["metadataPrefix"], &["from", "until", "set", TOKEN])
            }
            Self::GetRecord => (&["identifier", "metadataPrefix"], &[]),
        }
    }
}

/// A request that has a verb.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) verb: Verb,
    arguments: Vec<(String, String)>,
}

/// What a request means.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Identify,
    Formats(Option<String>),
    Sets,
    List(List),
    Record { identifier: String, format: MetadataFormat },
}

/// Which list, and where in it.
#[derive(Clone, Debug)]
pub(super) enum List {
    /// From its beginning.
    New(Selection),
    /// Where this says.
    Next(Token),
}

impl Call {
    /// Reads a query or a form: `badVerb` if there isn't one verb that the protocol knows.
    pub(super) fn read(query: &[u8]) -> Result<Self, Fault> {
        let pairs = form_urlencoded::parse(query);
        let (verbs, arguments): (Vec<_>, Vec<_>) = pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .partition(|(name, _)| name == "verb");
        match verbs.as_slice() {
            [(_, verb)] => match Verb::from_name(verb) {
                Some(verb) => Ok(Self { verb, arguments }),
                None => Err(Fault::new("badVerb", "There is no such verb.")),
            },
            [] => Err(Fault::new("badVerb", "The argument verb is missing.")),
            _ => Err(Fault::new("badVerb", "The argument verb is repeated.")),
        }
    }

    /// Verb and arguments, as they were given.
    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        let arguments = self.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        std::iter::once(("verb", self.verb.name())).chain(arguments).collect()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(ToOwned::to_owned)
    }

    fn check(&self) -> Result<(), Fault> {
        let (required, optional) = self.verb.arguments();
        for (at, (name, value)) in self.arguments.iter().enumerate() {
            if !required.iter().chain(optional).any(|known| known == name) {
                return Err(Fault::argument(format!("{} has no argument {name}.", self.verb)));
            }
            if self.arguments.iter().take(at).any(|(before, _)| before == name) {
                return Err(Fault::argument(format!("The argument {name} is repeated.")));
            }
            if value.is_empty() {
                return Err(Fault::argument(format!("The argument {name} is empty.")));
            }
        }
        if self.get(TOKEN).is_some() {
            if self.arguments.len() > 1 {
                return Err(Fault::argument("A resumptionToken stands alone: it knows the other arguments."));
            }
            return Ok(());
        }
        match required.iter().find(|name| self.get(name).is_none()) {
            Some(missing) => Err(Fault::argument(format!("The argument {missing} is missing."))),
            None => Ok(()),
        }
    }

    /// What it means, or what is wrong with it.
    pub(super) fn asked(&self) -> Result<Asked, Fault> {
        self.check()?;
        Ok(match self.verb {
            Verb::Identify => Asked::Identify,
            Verb::ListMetadataFormats => Asked::Formats(self.owned("identifier")),
            // All sets are in one answer.
            Verb::ListSets if self.get(TOKEN).is_some() => return Err(Fault::token()),
            Verb::ListSets => Asked::Sets,
            Verb::GetRecord => Asked::Record {
                identifier: self.owned("identifier").unwrap_or_default(),
                format: self.format()?,
            },
            Verb::ListIdentifiers | Verb::ListRecords => Asked::List(self.list()?),
        })
    }

    fn format(&self) -> Result<MetadataFormat, Fault> {
        let known = self.get("metadataPrefix").and_then(MetadataFormat::from_name);
        let message = "Records are written as oai_dc and as marcxml.";
        known.ok_or_else(|| Fault::new("cannotDisseminateFormat", message))
    }

    fn list(&self) -> Result<List, Fault> {
        let whole = self.verb == Verb::ListRecords;
        if let Some(token) = self.get(TOKEN) {
            let token = Token::open(token).filter(|token| token.selection.whole == whole);
            return token.map(List::Next).ok_or_else(Fault::token);
        }
        let bound = |name: &str| {
            let wrong = || {
                Fault::argument(format!(
                    "The argument {name} must be such as 2026-01-31 or 2026-01-31T23:59:59Z."
                ))
            };
            self.get(name).map(|text| Bound::parse(text).ok_or_else(wrong)).transpose()
        };
        let (from, until) = (bound("from")?, bound("until")?);
        if let (Some(from), Some(until)) = (&from, &until) {
            if from.is_day() != until.is_day() {
                return Err(Fault::argument(
                    "The arguments from and until must both be days, or both seconds.",
                ));
            }
            if from.first() > until.last() {
                return Err(Fault::argument("The argument from must not be later than until."));
            }
        }
        let set = self.owned("set");
        if set.as_deref().is_some_and(|set| !is_set(set)) {
            return Err(Fault::argument("The argument set is no name of a set."));
        }
        Ok(List::New(Selection { whole, format: self.format()?, from, until, set }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(query: &str) -> &'static str {
        match Call::read(query.as_bytes()).and_then(|call| call.asked()) {
            Ok(_) => "",
            Err(fault) => fault.code,
        }
    }

    #[test]
    fn each_verb_takes_its_arguments_once_and_no_others() {
        for (query, code) in [
            ("", "badVerb"),
            ("verb=", "badVerb"),
            ("verb=identify", "badVerb"),
            ("verb=Identify&verb=Identify", "badVerb"),
            ("verb=Identify", ""),
            ("verb=Identify&x=1", "badArgument"),
            ("verb=ListSets", ""),
            ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
            ("verb=ListSets&set=pt", "badArgument"),
            ("verb=ListMetadataFormats&identifier=a&identifier=b", "badArgument"),
            ("verb=GetRecord&identifier=a", "badArgument"),
            ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
            ("verb=GetRecord&identifier=a&metadataPrefix=mods", "cannotDisseminateFormat"),
            ("verb=ListRecords", "badArgument"),
            ("verb=ListRecords&metadataPrefix=", "badArgument"),
            ("verb=ListRecords&metadataPrefix=MARCXML", "cannotDisseminateFormat"),
            ("verb=ListRecords&metadataPrefix=marcxml", ""),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-31&until=2026-01-31&set=pt", ""),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01&until=2026-01-31", "badArgument"),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-31T00:00:00Z",
                "badArgument",
            ),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=a%20b", "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
            ("verb=ListRecords&resumptionToken=x&resumptionToken=x", "badArgument"),
            ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
            ("verb=ListIdentifiers&resumptionToken=%00%ff", "badResumptionToken"),
        ] {
            assert_eq!(fault(query), code, "{query}");
        }
    }
}
