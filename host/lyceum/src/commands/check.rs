//! `lyceum check`: everything that can be known to be wrong before a start.

use anyhow::{Result, bail};
use clap::Args;
use lyceum_console::{remark, show};
use lyceum_manifest::{Pattern, Report};

use crate::application::{components, outside};
use crate::settings::Where;

/// What to check.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Where,
}

/// Prints every mistake, or what the application is made of.
pub(crate) fn run(options: &Options) -> Result<()> {
    super::block_on(async {
        let settings = options.place.settings()?;
        let engine = components::engine(&settings.manifest, &options.place)?;
        let _ticker = lyceum_runtime::Ticker::start(&engine)?;
        let (loaded, mistakes) =
            components::load(&engine, &settings.manifest, &options.place.manifest, remark).await;
        if !mistakes.is_empty() {
            bail!("{}", Report(mistakes));
        }
        for (id, component) in &loaded {
            let mut does = Vec::new();
            if component.file.is_web() {
                does.push("web".to_owned());
            }
            if component.file.handles_events() {
                does.push("events".to_owned());
            }
            if !component.migrations.is_empty() {
                does.push(format!("database with {} migrations", component.migrations.len()));
            }
            if !component.collections.is_empty() {
                does.push(format!("documents in {} collections", component.collections.len()));
            }
            show(format!("{id}: {}  sha256:{}", does.join(", "), component.digest))?;
        }
        for name in settings.variables.opened(&settings.manifest) {
            remark(format!(
                "warning: LYCEUM_VARIABLE_{} is open; close it as soon as nobody needs it",
                name.to_ascii_uppercase()
            ));
        }
        outside::check(&settings.links.outbound)?;
        for line in outside::known(&settings.manifest, &settings.links.outbound) {
            show(line)?;
        }
        for entry in settings.manifest.route_table() {
            let below = if matches!(entry.pattern, Pattern::Prefix(_)) { "/..." } else { "" };
            let path = entry.pattern.template().as_str().trim_end_matches('/');
            show(format!("{path}{below} -> {}", entry.component))?;
        }
        show(format!("{}: no mistakes in {} components", options.place.manifest.display(), loaded.len()))?;
        Ok(())
    })
}
