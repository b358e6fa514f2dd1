//! OAI-PMH 2.0, by which others harvest the catalogue: <https://www.openarchives.org/OAI/openarchivesprotocol.html>.
//!
//! Records are books; what was deleted stays as a record that says so. Sets are languages: they are said by the record
//! itself. A list is read in pages of 100; see `store::records` for what it holds while books change. Errors of the protocol are
//! answers with the status 200. Others, such as 401 and 503, are those of all routes.

mod answer;
mod arguments;
mod datestamp;
mod list;
mod selection;
mod token;

use lyceum_kit::prelude::*;
use lyceum_kit::text_enum;

use self::answer::{Answer, identifier_of, write_record};
use self::arguments::{Asked, Call};
use crate::open_data;
use crate::store::records;

/// Where it is.
const PATH: &str = "/oai";

text_enum! {
    /// How records are written.
    pub(crate) enum MetadataFormat {
        /// Dublin Core, which every repository knows.
        DublinCore = "oai_dc",
        /// MARC 21 as XML.
        Marc = "marcxml",
    }
}

impl MetadataFormat {
    const fn schema(self) -> &'static str {
        match self {
            Self::DublinCore => "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
            Self::Marc => "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
        }
    }

    const fn namespace(self) -> &'static str {
        match self {
            Self::DublinCore => "http://www.openarchives.org/OAI/2.0/oai_dc/",
            Self::Marc => "http://www.loc.gov/MARC21/slim",
        }
    }
}

/// An error of the protocol: its code, and a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Fault {
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn argument(message: impl Into<String>) -> Self {
        Self::new("badArgument", message)
    }

    fn token() -> Self {
        Self::new(
            "badResumptionToken",
            "It was not given by this repository, or is older than a day: begin the list anew.",
        )
    }

    fn unknown_identifier() -> Self {
        Self::new("idDoesNotExist", "There is no record with this identifier.")
    }
}

/// Why there is no answer of the kind that was asked for.
enum Stop {
    Fault(Fault),
    Problem(Problem),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<SqlError> for Stop {
    fn from(error: SqlError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<TransactionError> for Stop {
    fn from(error: TransactionError) -> Self {
        Self::Problem(error.into())
    }
}

pub(crate) fn routes() -> Routes {
    // Whether anybody may is the operator's to say, so it is asked for in the handlers.
    Routes::new("", "")
        .add(Access::Anyone, route!(harvest).with_any_query())
        .add(Access::Anyone, route!(harvest_by_form).without_idempotency())
}

/// Harvests the catalogue by OAI-PMH 2.0.
///
/// Its errors are answers with the status 200. Whether everybody may harvest is the operator's to say; whoever is signed in
/// may always.
#[utoipa::path(get, path = "/oai", operation_id = "harvest",
    params(
        ("verb" = String, Query, description = "`Identify`, `ListMetadataFormats`, `ListSets`, `ListIdentifiers`, `ListRecords` or `GetRecord`"),
        ("identifier" = Option<String>, Query, description = "A record, such as `oai:library.example.org:` and a book's id"),
        ("metadataPrefix" = Option<String>, Query, description = "`oai_dc` or `marcxml`"),
        ("from" = Option<String>, Query, description = "Changed then or later: a day, or a second in UTC"),
        ("until" = Option<String>, Query, description = "Changed then or before"),
        ("set" = Option<String>, Query, description = "A language, such as `pt`"),
        ("resumptionToken" = Option<String>, Query, description = "Goes on with a list"),
    ),
    responses(
        (status = 200, description = "The answer, or an error of the protocol", body = String, content_type = "text/xml"),
        (status = 401, description = "Nobody is signed in, and the catalogue isn't open to everybody"),
    ))]
async fn harvest(context: Context, MaybeCaller(caller): MaybeCaller, uri: Uri) -> Result<Response, Problem> {
    open_data::check(caller.as_ref())?;
    respond(&context, uri.query().unwrap_or_default().as_bytes())
}

/// The same by a form.
#[utoipa::path(post, path = "/oai", operation_id = "harvest_by_form",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The answer, or an error of the protocol", body = String, content_type = "text/xml"),
        (status = 401, description = "Nobody is signed in, and the catalogue isn't open to everybody"),
        (status = 415, description = "No form"),
    ))]
async fn harvest_by_form(
    context: Context,
    MaybeCaller(caller): MaybeCaller,
    headers: HeaderMap,
    WholeBody(form): WholeBody,
) -> Result<Response, Problem> {
    open_data::check(caller.as_ref())?;
    open_data::check_form(&headers)?;
    respond(&context, &form)
}

fn respond(context: &Context, query: &[u8]) -> Result<Response, Problem> {
    let base = context.outside(PATH).absolute();
    let call = match Call::read(query) {
        Ok(call) => call,
        Err(fault) => return Ok(Answer::new(clock::now(), &base, &[]).refuse(&fault)),
    };
    let host = open_data::host(context)?;
    let done = call.asked().map_err(Stop::from).and_then(|asked| done(context, &base, &host, &call, asked));
    match done {
        Ok(answer) => Ok(answer.finish(call.verb)),
        Err(Stop::Problem(problem)) => Err(problem),
        Err(Stop::Fault(fault)) => {
            // Arguments that are wrong are not said again.
            let arguments = if fault.code == "badArgument" { Vec::new() } else { call.pairs() };
            Ok(Answer::new(clock::now(), &base, &arguments).refuse(&fault))
        }
    }
}

fn done(context: &Context, base: &str, host: &str, call: &Call, asked: Asked) -> Result<Answer, Stop> {
    let mut answer = Answer::new(clock::now(), base, &call.pairs());
    match asked {
        Asked::Identify => answer.identify(base, host)?,
        Asked::Formats(identifier) => {
            if let Some(identifier) = identifier {
                records::of(identifier_of(&identifier, host)?)?.ok_or_else(Fault::unknown_identifier)?;
            }
            answer.formats();
        }
        Asked::Sets => answer.sets(&records::languages()?),
        Asked::Record { identifier, format } => {
            let id = identifier_of(&identifier, host)?;
            let header = records::of(id)?.ok_or_else(Fault::unknown_identifier)?;
            let book = records::books(&[id])?.remove(&id);
            write_record(&mut answer.xml, host, &header, book.as_ref(), format)?;
        }
        Asked::List(list) => return list::answer(context, base, host, call, list),
    }
    Ok(answer)
}
