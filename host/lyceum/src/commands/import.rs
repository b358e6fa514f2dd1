//! `lyceum import`: the records of an older system.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use lyceum_console::{remark, show};
use serde_json::json;

use crate::import::{Account, Choices, Client, Lines, Report, Stopped, Takeover};

/// Between two lines about the progress.
const OFTEN: Duration = Duration::from_secs(1);
/// What the program answers when lines were refused.
const REFUSED: u8 = 3;

const AFTER: &str = "\
The application runs meanwhile. What is there already stays as it is, and what was deleted here since stays deleted, so an
import that ended anywhere is run again from the beginning. The program answers 0 if no line was refused, 3 if some were, 1 if
it could not go on.
docs/guides/migrating.md describes the file and the move.";

/// From which system.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    system: System,
}

#[derive(Subcommand)]
enum System {
    /// The library that Lyceum succeeds: its genres, authors, users, readers, books and lendings, with their numbers
    Library(Library),
}

/// Which file, and how.
#[derive(Args)]
#[command(after_help = AFTER)]
struct Library {
    /// One JSON object a line; - is the standard input
    file: PathBuf,
    /// Where the application's gateway is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", env = "LYCEUM_IMPORT_SERVER")]
    server: String,
    /// The mail address of an administrator, whose password LYCEUM_IMPORT_PASSWORD or --password-file says
    #[arg(long, value_name = "EMAIL", env = "LYCEUM_IMPORT_USER")]
    user: String,
    /// A file that holds the administrator's password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Check every line and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Stop at the first line that is refused
    #[arg(long)]
    strict: bool,
    /// Write each line that is refused, and why, to this file: one JSON object a line
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Let this role of the file hold everywhere. Without it a librarian of the file is one for clients of the older library
    /// alone, and an administrator is refused
    #[arg(long, value_name = "ROLE", value_enum)]
    grant: Vec<Grant>,
    /// So many seconds may pass while nothing moves: while a service is away, or hasn't heard of what a line names
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
    /// So many lines are sent at once
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=500))]
    rows: u16,
    /// Tell what was done as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Grant {
    Librarian,
    Admin,
}

/// Imports.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let System::Library(library) = &options.system;
    super::block_on(library.run())
}

impl Library {
    async fn run(&self) -> Result<ExitCode> {
        let began = Instant::now();
        let account = Account { email: self.user.clone(), password: self.password()? };
        let patience = Duration::from_secs(self.patience);
        let client = Client::new(&self.server, account, patience)?;
        let granted = |role| self.grant.contains(&role);
        let choices = Choices {
            dry_run: self.dry_run,
            strict: self.strict,
            rows: self.rows.into(),
            patience,
            grants: format!(
                "?grant_librarian={}&grant_admin={}",
                granted(Grant::Librarian),
                granted(Grant::Admin)
            ),
        };
        let (input, size) = open(&self.file)?;
        let mut report = Report::new(self.report.as_deref())?;
        let mut lines = Lines::new(input);
        let mut told = Instant::now();
        let ran = Takeover::new(client, &choices, &mut report)
            .run(&mut lines, |report, bytes| {
                if told.elapsed() >= OFTEN {
                    told = Instant::now();
                    remark(progress(report, bytes, size, began.elapsed()));
                }
            })
            .await;
        report.flush()?;
        let stopped = match ran {
            Ok(()) => false,
            Err(error) if error.is::<Stopped>() => true,
            Err(error) => return Err(error.context(format!("after {} lines", report.total()))),
        };
        self.tell(&report, lines.number(), stopped, began.elapsed())?;
        Ok(if report.refused() > 0 { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
    }

    fn password(&self) -> Result<String> {
        let Some(file) = &self.password_file else {
            let missing = "say the password by LYCEUM_IMPORT_PASSWORD or --password-file";
            return std::env::var("LYCEUM_IMPORT_PASSWORD").context(missing);
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn tell(&self, report: &Report, lines: u64, stopped: bool, took: Duration) -> Result<()> {
        if self.json {
            let object = json!({
                "dry_run": self.dry_run,
                "lines": lines,
                "refused": report.refused(),
                "stopped": stopped,
                "seconds": took.as_secs_f64(),
                "kinds": report.to_json(),
            });
            return Ok(show(object)?);
        }
        let would = if self.dry_run { "would be " } else { "" };
        for (kind, counts) in report.kinds() {
            show(format!(
                "{kind}: {} {would}added, {} there already, {} deleted here since, {} refused",
                counts.added, counts.present, counts.deleted, counts.refused
            ))?;
        }
        show(match (stopped, report.refused()) {
            (true, _) => format!("Stopped after {lines} lines were read, since one was refused."),
            (false, 0) if self.dry_run => format!("{lines} lines were checked, and nothing was changed."),
            (false, 0) => format!("All of {lines} lines are taken over, after {:.1} s.", took.as_secs_f64()),
            (false, refused) => {
                format!("Of {lines} lines {refused} were refused, after {:.1} s.", took.as_secs_f64())
            }
        })?;
        Ok(())
    }
}

/// The file, and how many bytes it has if that can be known.
fn open(path: &Path) -> Result<(Box<dyn BufRead>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(BufReader::new(io::stdin())), None));
    }
    let file = File::open(path).with_context(|| format!("read {}", path.display()))?;
    let size = file.metadata().with_context(|| format!("read {}", path.display()))?.len();
    Ok((Box::new(BufReader::with_capacity(256 * 1024, file)), Some(size)))
}

fn progress(report: &Report, bytes: u64, size: Option<u64>, took: Duration) -> String {
    let part = size.and_then(|size| (bytes.saturating_mul(100)).checked_div(size));
    let part = part.map_or_else(String::new, |part| format!(", {part} %"));
    let (lines, refused) = (report.total(), report.refused());
    let rate = u128::from(lines).saturating_mul(1_000).checked_div(took.as_millis()).unwrap_or(0);
    format!("{lines} lines{part}, {rate} a second, {refused} refused")
}
