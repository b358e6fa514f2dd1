//! `lyceum-lattice configure`: tells the lattice what the environment says.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use lyceum_manifest::{Environment, Manifest, Report, Variables};
use lyceum_mesh::identity::RootSecret;

use crate::connection::Lattice;

/// What to configure, from the environment.
///
/// Every host of a lattice, and whoever may read its configurations, sees these values: give NATS credentials.
/// LYCEUM_VARIABLE_<NAME> sets a variable of the application, as it does for `lyceum up`.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// The application's manifest
    #[arg(long, default_value = "spin.toml")]
    manifest: PathBuf,
    /// The secret that all keys come from: 32 random bytes as base64url without padding
    #[arg(long, env = "LYCEUM_ROOT_SECRET", hide_env_values = true)]
    root_secret: RootSecret,
    /// Where rows are kept: postgres://..., with {service} for a database of each service's own
    #[arg(long, env = "LYCEUM_SQL", hide_env_values = true)]
    sql: String,
    /// Where buckets are kept: redis://...
    #[arg(long, env = "LYCEUM_KEYVALUE", hide_env_values = true)]
    keyvalue: String,
    /// Where events are kept: nats://...
    #[arg(long, env = "LYCEUM_EVENTS", hide_env_values = true)]
    events: String,
    /// The mail server: smtp://..., smtps://...
    #[arg(long, env = "LYCEUM_MAIL", hide_env_values = true)]
    mail: String,
    /// Whom mail is from
    #[arg(long, env = "LYCEUM_MAIL_FROM")]
    mail_from: String,
    /// Where hosts of a zone take requests, as zone=address:port; may be given several times
    #[arg(long = "listen", value_parser = listen)]
    listen: Vec<(String, String)>,
}

fn listen(text: &str) -> Result<(String, String), String> {
    let (zone, address) = text.split_once('=').ok_or("it is not zone=address:port")?;
    Ok((zone.to_owned(), address.to_owned()))
}

type Configurations = BTreeMap<String, HashMap<String, String>>;

/// Puts every configuration that the generated manifest only names.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let path = &options.manifest;
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let manifest = Manifest::parse(path, &text).map_err(Report)?;
    let variables = Variables::from_environment(&manifest, &Environment::of_process()).map_err(Report)?;
    let hosts = lattice.hosts().await?;
    for (name, values) in configurations(&manifest, &variables, options)? {
        let name = format!("{}-{name}", manifest.name);
        let put = hosts.put_config(&name, values).await.map_err(|error| anyhow!("put {name}: {error}"))?;
        if !put.succeeded() {
            return Err(anyhow!("put {name}: {}", put.message()));
        }
        println!("{name} is configured.");
    }
    Ok(())
}

fn configurations(manifest: &Manifest, variables: &Variables, options: &Options) -> Result<Configurations> {
    let named = |values: &[(&str, &str)]| {
        values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<HashMap<_, _>>()
    };
    let secret = options.root_secret.reveal();
    let mut all = Configurations::from([
        ("events".to_owned(), named(&[("url", &options.events)])),
        ("keyvalue".to_owned(), named(&[("url", &options.keyvalue), ("application", &manifest.name)])),
        ("mail".to_owned(), named(&[("url", &options.mail), ("from", &options.mail_from)])),
        ("mesh".to_owned(), named(&[("root_secret", &secret)])),
        (
            "sql".to_owned(),
            named(&[("url", &options.sql), ("events", &options.events), ("application", &manifest.name)]),
        ),
    ]);
    for (zone, address) in &options.listen {
        all.insert(format!("http-{zone}"), named(&[("address", address)]));
    }
    for component in manifest.components.values() {
        let mut values: HashMap<_, _> = variables.of_component(component).into_iter().collect();
        values.extend(
            options.root_secret.configuration(&component.id).map(|(name, value)| (name.to_owned(), value)),
        );
        if component.issuer {
            values.insert("lyceum.routes".to_owned(), serde_json::to_string(&manifest.route_table())?);
        }
        all.insert(format!("component-{}", component.id), values);
    }
    Ok(all)
}
