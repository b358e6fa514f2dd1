//! The backend in a folder.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use object_store::local::LocalFileSystem;

use crate::Error;

/// Enough for few and large writes.
pub(crate) const PART: usize = 1 << 20;

/// No upload takes that long: what is older was left by a host that was killed.
const LEFT_BEHIND: Duration = Duration::from_hours(1);

pub(crate) fn open(folder: &Path) -> Result<LocalFileSystem, Error> {
    let failed = |error: io::Error| Error::Unavailable(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    sweep(folder).map_err(failed)?;
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
}

/// Removes the files of uploads that were never finished. `object_store` marks them with `#` and a number, which no
/// object's file has, since a `#` in a name is encoded.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sweep(&entry.path())?;
            continue;
        }
        let is_unfinished = entry.file_name().to_str().is_some_and(|name| name.contains('#'));
        let old =
            || Ok::<_, io::Error>(entry.metadata()?.modified()?.elapsed().is_ok_and(|age| age > LEFT_BEHIND));
        if is_unfinished && old()? {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_a_killed_host_left_is_swept_up() {
        let folder = tempfile::tempdir().unwrap();
        let container = folder.path().join("files/files");
        fs::create_dir_all(&container).unwrap();
        for (name, age) in
            [("old#1", LEFT_BEHIND * 2), ("new#1", Duration::ZERO), ("object", LEFT_BEHIND * 2)]
        {
            let file = fs::File::create(container.join(name)).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        open(folder.path()).unwrap();
        let mut left: Vec<_> = fs::read_dir(&container)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["new#1", "object"]);
    }
}
