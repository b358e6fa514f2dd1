//! A copy of the application's manifest with something changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::workspace;

const NOTEBOOK: &str = r#"
    [tool.lyceum]
    trust = "own"
    documents = true
    routes = [{ prefix = "/api/v1/notes" }]
    publishes = ["lyceum.notebook.NoteChanged.v1"]
    subscriptions = [
        { kind = "lyceum.notebook.NoteChanged.v1", mode = "reaction", from = "beginning" },
        { kind = "lyceum.tick.minute", mode = "reaction" },
    ]
"#;

/// As `cargo xtask new service` writes it.
const ROOMS: &str = r#"
    [tool.lyceum]
    trust = "own"
    sql = true
    routes = [{ prefix = "/api/v1/rooms" }]
    publishes = ["lyceum.rooms.RoomAdded.v1"]
"#;

const ROSTER: &str = r#"
    [tool.lyceum]
    trust = "own"
    sql = true
    routes = [{ prefix = "/api/v1/roster" }]
    read_models = ["members", "member_roles", "member_status"]
    publishes = ["lyceum.platform.ErasureAnswered.v1"]
    subscriptions = [
        { kind = "lyceum.auth.UserCreated.v1", mode = "projection" },
        { kind = "lyceum.auth.RolesChanged.v1", mode = "projection" },
        { kind = "lyceum.users.StatusChanged.v1", mode = "projection" },
        { kind = "lyceum.users.ErasureRequested.v1", mode = "reaction", from = "beginning" },
    ]
"#;

/// The application's own manifest, until it is changed.
#[derive(Clone, Debug)]
pub struct Manifest(Table);

impl Manifest {
    /// The repository's `spin.toml`; the components are found from anywhere.
    pub fn of_repository() -> Result<Self> {
        let root = workspace();
        let file = root.join("spin.toml");
        let text = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let mut manifest = Self(text.parse().with_context(|| format!("parse {}", file.display()))?);
        for (_, component) in manifest.components()? {
            let source = component.get("source").and_then(Value::as_str).context("a component's source")?;
            let source = root.join(source).display().to_string();
            component.insert("source".to_owned(), Value::String(source));
        }
        Ok(manifest)
    }

    /// Every component, with its id.
    fn components(&mut self) -> Result<Vec<(String, &mut Table)>> {
        let components = self.0.get_mut("component").and_then(Value::as_table_mut).context("components")?;
        let tables =
            components.iter_mut().filter_map(|(id, value)| Some((id.clone(), value.as_table_mut()?)));
        Ok(tables.collect())
    }

    /// The ids of all components.
    pub fn component_ids(&mut self) -> Result<Vec<String>> {
        Ok(self.components()?.into_iter().map(|(id, _)| id).collect())
    }

    /// The ids of those that serve routes of their own.
    pub fn with_routes(&mut self) -> Result<Vec<String>> {
        let serves = |component: &Table| {
            component.get("tool").and_then(|tool| tool.get("lyceum")?.get("routes")).is_some()
        };
        let components = self.components()?.into_iter();
        Ok(components.filter(|(_, component)| serves(component)).map(|(id, _)| id).collect())
    }

    /// One component's `tool.lyceum`.
    pub fn settings(&mut self, component: &str) -> Result<&mut Table> {
        let mut found = self.components()?.into_iter().find(|(id, _)| id == component);
        let table = found.take().with_context(|| format!("the component {component}"))?.1;
        let tool = table.entry("tool").or_insert(Value::Table(Table::new()));
        let tool = tool.as_table_mut().context("tool is a table")?;
        tool.entry("lyceum").or_insert(Value::Table(Table::new())).as_table_mut().context("lyceum is a table")
    }

    /// Every component gets a fresh instance this often: 1 means for each request.
    pub fn with_reuse(mut self, times: i64) -> Result<Self> {
        for id in self.component_ids()? {
            self.settings(&id)?.insert("reuse".to_owned(), Value::Integer(times));
        }
        Ok(self)
    }

    /// Sets one of a component's limits.
    pub fn with_limit(mut self, component: &str, limit: &str, value: impl Into<Value>) -> Result<Self> {
        let limits = self.settings(component)?.entry("limits").or_insert(Value::Table(Table::new()));
        limits.as_table_mut().context("limits are a table")?.insert(limit.to_owned(), value.into());
        Ok(self)
    }

    /// Plugs in one more component: its file, and what stands under `[component.<id>]` besides.
    pub fn with_component(mut self, id: &str, source: &Path, block: &str) -> Result<Self> {
        let mut table: Table = block.parse().context("parse a component's block")?;
        table.insert("source".to_owned(), Value::String(source.display().to_string()));
        let components = self.0.get_mut("component").and_then(Value::as_table_mut).context("components")?;
        components.insert(id.to_owned(), Value::Table(table));
        let triggers =
            self.0.get_mut("trigger").and_then(|all| all.get_mut("http")).and_then(Value::as_array_mut);
        let trigger: Table = format!("route = {{ private = true }}\ncomponent = \"{id}\"").parse()?;
        triggers.context("triggers")?.push(Value::Table(trigger));
        Ok(self)
    }

    /// Plugs in the tests' service with documents, which the gateway may call.
    pub fn with_notebook(self) -> Result<Self> {
        let source = workspace().join("build/notebook.wasm");
        self.with_component("notebook", &source, NOTEBOOK)?.allowing("gateway", "notebook")
    }

    /// Plugs in the tests' service with read models, which the gateway may call.
    pub fn with_roster(self) -> Result<Self> {
        let source = workspace().join("build/roster.wasm");
        self.with_component("roster", &source, ROSTER)?.allowing("gateway", "roster")
    }

    /// Plugs in the service that new ones are copied from, which the gateway may call.
    pub fn with_rooms(self) -> Result<Self> {
        let source = workspace().join("build/rooms.wasm");
        self.with_component("rooms", &source, ROOMS)?.allowing("gateway", "rooms")
    }

    /// Lets a component call another one.
    pub fn allowing(mut self, component: &str, destination: &str) -> Result<Self> {
        for (id, table) in self.components()? {
            if id == component {
                let hosts = table.entry("allowed_outbound_hosts").or_insert(Value::Array(Vec::new()));
                let host = Value::String(format!("http://{destination}.spin.internal"));
                hosts.as_array_mut().context("hosts are a list")?.push(host);
            }
        }
        Ok(self)
    }

    /// Writes it into a folder.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        let file = folder.join("spin.toml");
        std::fs::write(&file, toml::to_string(&self.0)?)
            .with_context(|| format!("write {}", file.display()))?;
        Ok(file)
    }
}
