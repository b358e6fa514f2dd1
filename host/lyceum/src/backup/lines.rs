//! Files with a JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes such a file.
pub(crate) struct Writer {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Writer {
    /// A new file.
    pub(crate) fn create(path: PathBuf) -> Result<Self> {
        let file = File::create(&path).with_context(|| format!("make {}", path.display()))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.file, line)
            .map_err(std::io::Error::from)
            .and_then(|()| self.file.write_all(b"\n"))
            .with_context(|| format!("write {}", self.path.display()))
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.file.flush().with_context(|| format!("write {}", self.path.display()))
    }
}

/// Writes a whole file.
pub(crate) fn write<T: Serialize>(path: PathBuf, lines: impl IntoIterator<Item = T>) -> Result<()> {
    let mut writer = Writer::create(path)?;
    for line in lines {
        writer.add(&line)?;
    }
    writer.finish()
}

/// Reads such a file, line by line.
pub(crate) struct Reader<T> {
    path: PathBuf,
    lines: std::io::Lines<BufReader<File>>,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned> Reader<T> {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
        Ok(Self { path: path.to_owned(), lines: BufReader::new(file).lines(), of: PhantomData })
    }
}

impl<T: DeserializeOwned> Iterator for Reader<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next()?;
        let read = line.map_err(anyhow::Error::from).and_then(|line| Ok(serde_json::from_str(&line)?));
        Some(read.with_context(|| format!("read {}", self.path.display())))
    }
}
