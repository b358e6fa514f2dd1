//! Cleans up after a server, whatever becomes of the process that started it.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Reads until its input ends, which it does when the other end is closed or its process is gone; then
/// stops the server and removes its folder.
const SCRIPT: &str = r#"
cat > /dev/null
pid=$(cat "$1/pid" 2> /dev/null)
if [ -n "$pid" ]; then
    kill -CONT "$pid" 2> /dev/null
    kill -QUIT "$pid" 2> /dev/null
    tries=0
    while kill -0 "$pid" 2> /dev/null && [ $tries -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -KILL "$pid" 2> /dev/null
fi
rm -rf "$1"
"#;

/// A process beside ours that outlives it.
#[derive(Debug)]
pub(crate) struct Watcher(Child);

impl Watcher {
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        use std::os::unix::process::CommandExt;

        let child = Command::new("sh")
            .args(["-c", SCRIPT, "lyceum-private-server"])
            .arg(folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal to our whole group must not reach it.
            .process_group(0)
            .spawn()
            .context("starting the watcher of a private server")?;
        Ok(Self(child))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends in any case; waiting only makes sure that the folder has gone.
        let _ = self.0.wait();
    }
}
