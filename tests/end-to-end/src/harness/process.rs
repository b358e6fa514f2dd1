//! A process group that never outlives the test.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// A program in a process group of its own, and a watchdog that kills the group when the test process is gone.
///
/// The watchdog is a shell that reads from a pipe whose other end only the test process holds: however the test
/// process ends, the pipe closes. (A signal on the parent's death would not do: Linux sends it when the *thread*
/// that started the child ends.)
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
    watchdog: Child,
    status: Option<ExitStatus>,
}

impl Group {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        let watchdog = Command::new("sh")
            .args(["-c", r#"read -r _; kill -KILL -- "-$1""#, "watchdog", &child.id().to_string()])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start the watchdog")?;
        Ok(Self { child, watchdog, status: None })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Result<Pid> {
        Ok(Pid::from_raw(i32::try_from(self.child.id())?))
    }

    /// Whether it has ended, and how.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.child.try_wait().context("ask for a process")?;
        }
        Ok(self.status)
    }

    /// SIGKILL to the whole group. Returns when it is gone.
    pub(super) fn kill9(&mut self) -> Result<()> {
        if self.ended()?.is_none() {
            killpg(self.pid()?, Signal::SIGKILL).context("kill a process group")?;
            self.status = Some(self.child.wait().context("wait for a killed process")?);
        }
        Ok(())
    }

    /// Waits until SIGKILL ends it, from whomever.
    pub(super) fn wait_for_kill(&mut self, patience: Duration) -> Result<()> {
        let status = self.wait(patience)?;
        if status.signal() != Some(Signal::SIGKILL as i32) {
            bail!("the program was to be killed, but ended with {status}");
        }
        Ok(())
    }

    /// SIGTERM; it must end by itself with exit code 0.
    pub(super) fn terminate(&mut self, patience: Duration) -> Result<()> {
        if let Some(status) = self.ended()? {
            bail!("the program had already ended with {status}");
        }
        kill(self.pid()?, Signal::SIGTERM).context("terminate a process")?;
        let status = self.wait(patience)?;
        if !status.success() {
            bail!("the program ended with {status} after SIGTERM");
        }
        Ok(())
    }

    fn wait(&mut self, patience: Duration) -> Result<ExitStatus> {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if Instant::now() > end {
                bail!("the program had not ended after {patience:?}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The watchdog goes first, while the group's number is still ours.
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
        let _ = self.kill9();
    }
}
