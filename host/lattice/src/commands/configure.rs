//! `lyceum-lattice configure`: tells the lattice what the environment says.

mod objects;
mod outbound;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use lyceum_console::show;
use lyceum_manifest::{Environment, Manifest, PublicUrl, Report, Variables};
use lyceum_mesh::identity::RootSecret;
use serde_json::json;

use crate::application::Weights;
use crate::configurations::Configurations;
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
    /// The connections that the databases' provider of each host opens to a PostgreSQL server at most, for all services together
    #[arg(long, value_name = "NUMBER", default_value_t = 16, env = "LYCEUM_SQL_CONNECTIONS",
        value_parser = clap::value_parser!(u16).range(2..=1_000))]
    sql_connections: u16,
    /// Where buckets are kept: redis://...
    #[arg(long, env = "LYCEUM_KEYVALUE", hide_env_values = true)]
    keyvalue: String,
    /// Where events are kept: nats://...
    #[arg(long, env = "LYCEUM_EVENTS", hide_env_values = true)]
    events: String,
    /// Where documents are kept: mongodb://..., with {service} for a database of each service's own; only if a component
    /// has documents
    #[arg(long, env = "LYCEUM_DOCUMENTS", hide_env_values = true)]
    documents: Option<String>,
    #[command(flatten)]
    objects: objects::Objects,
    /// The mail server: smtp://..., smtps://...
    #[arg(long, env = "LYCEUM_MAIL", hide_env_values = true)]
    mail: String,
    /// Whom mail is from
    #[arg(long, env = "LYCEUM_MAIL_FROM")]
    mail_from: String,
    /// Where clients find Lyceum, such as https://lms.example.org; else it is the host that a client asks for
    #[arg(long, env = "LYCEUM_PUBLIC_URL")]
    public_url: Option<PublicUrl>,
    #[command(flatten)]
    outbound: outbound::Outbound,
    /// Where hosts of a zone take requests, as zone=address:port; may be given several times
    #[arg(long = "listen", value_parser = listen)]
    listen: Vec<(String, String)>,
}

fn listen(text: &str) -> Result<(String, String), String> {
    let (zone, address) = text.split_once('=').ok_or("it is not zone=address:port")?;
    Ok((zone.to_owned(), address.to_owned()))
}

type Named = BTreeMap<String, HashMap<String, String>>;

/// Puts every configuration that the generated manifest only names. Weights that stand already are left as they are.
pub(crate) async fn run(lattice: &Lattice, options: &Options) -> Result<()> {
    let path = &options.manifest;
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let manifest = Manifest::parse(path, &text).map_err(Report)?;
    let variables = Variables::from_environment(&manifest, &Environment::of_process()).map_err(Report)?;
    let configurations = configurations(&manifest, &variables, options)?;
    let named = Configurations::of(lattice).await?;
    for (name, values) in configurations {
        let name = format!("{}-{name}", manifest.name);
        named.put(&name, values).await?;
        show(format!("{name} is configured."))?;
    }
    Weights::of(lattice, &manifest.name).await?.put_first().await
}

fn configurations(manifest: &Manifest, variables: &Variables, options: &Options) -> Result<Named> {
    let named = |values: &[(&str, &str)]| {
        values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<HashMap<_, _>>()
    };
    let secret = options.root_secret.reveal();
    let mut mesh = named(&[("root_secret", &secret), ("components", &components(manifest)?)]);
    mesh.extend(options.outbound.configuration());
    let mut all = Named::from([
        ("events".to_owned(), named(&[("url", &options.events)])),
        ("keyvalue".to_owned(), named(&[("url", &options.keyvalue), ("application", &manifest.name)])),
        ("mail".to_owned(), named(&[("url", &options.mail), ("from", &options.mail_from)])),
        ("mesh".to_owned(), mesh),
        (
            "sql".to_owned(),
            named(&[("url", &options.sql), ("events", &options.events), ("application", &manifest.name)]),
        ),
        ("sql-connections".to_owned(), named(&[("connections", &options.sql_connections.to_string())])),
    ]);
    if manifest.components.values().any(|component| component.documents) {
        let Some(url) = &options.documents else {
            bail!(
                "components keep documents: say where by --documents or the environment variable LYCEUM_DOCUMENTS"
            );
        };
        let values = named(&[("url", url), ("events", &options.events), ("application", &manifest.name)]);
        all.insert("documents".to_owned(), values);
    }
    if manifest.components.values().any(|component| !component.containers.is_empty()) {
        all.insert("blobs".to_owned(), options.objects.configuration()?);
    }
    for (zone, address) in &options.listen {
        all.insert(format!("http-{zone}"), named(&[("address", address)]));
    }
    for component in manifest.components.values() {
        let mut values: HashMap<_, _> = variables.of_component(component).into_iter().collect();
        values.extend(
            options.root_secret.configuration(&component.id).map(|(name, value)| (name.to_owned(), value)),
        );
        values.insert("lyceum.body-limit".to_owned(), component.limits.collected_body().to_string());
        if component.issuer {
            values.insert("lyceum.routes".to_owned(), serde_json::to_string(&manifest.route_table())?);
            values.extend(
                options.public_url.iter().map(|url| ("lyceum.public-url".to_owned(), url.to_string())),
            );
        }
        all.insert(format!("component-{}", component.id), values);
    }
    Ok(all)
}

/// What the mesh has to know of each component: whom it may call, whether it says on whose behalf, and for how long, in
/// milliseconds, one request may keep it.
fn components(manifest: &Manifest) -> Result<String> {
    let mut all = BTreeMap::new();
    for (id, component) in &manifest.components {
        let callees = manifest.components.keys();
        let callees = callees.filter(|callee| component.allowed_outbound_hosts.allows_component(callee));
        let mut calls: Vec<_> = callees.map(|callee| format!("http://{callee}.spin.internal")).collect();
        calls.extend(component.allowed_outbound_hosts.outside().map(ToString::to_string));
        let patience = u64::try_from(component.limits.wall_clock.as_millis())?;
        all.insert(id, json!({ "calls": calls, "issuer": component.issuer, "patience": patience }));
    }
    Ok(serde_json::to_string(&all)?)
}
