//! The suite that every backend passes.
//!
//! A backend's test says how containers are made and where their bytes are on the disk, then has one test made of each
//! check:
//!
//! ```ignore
//! lyceum_blobs::conformance_tests!(MyStore);
//! ```

// This is test code that other crates' tests call; a failed expectation is its way to speak.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc)]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

use crate::{Container, Error, Object, Upload};

/// A store under test, empty at first.
#[async_trait]
pub trait StoreUnderTest: Send + Sync + 'static {
    /// An empty store.
    async fn fresh() -> Self;
    /// A container in it.
    fn container(&self, component: &str, name: &str) -> Arc<dyn Container>;
    /// The file that holds the bytes of an object whose name is all letters.
    fn file(&self, component: &str, container: &str, name: &str) -> PathBuf;
    /// How many objects and parts of objects there are, seen or not.
    fn stored(&self) -> usize;
}

/// Everything.
pub const WHOLE: Range<u64> = 0..u64::MAX;
/// More than one part of any backend, and not a round number of them.
const LARGE: usize = 13_000_001;
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes that differ all along, so that none can be lost or doubled unseen.
pub fn content(length: usize, seed: u64) -> Bytes {
    let mut state = seed;
    let mut next = || {
        // SplitMix64, by Sebastiano Vigna (public domain).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| next()).collect();
    bytes.truncate(length);
    bytes.into()
}

/// Writes the object in pieces of that size.
pub async fn write(
    container: &dyn Container,
    name: &str,
    content: &Bytes,
    piece: usize,
) -> Result<(), Error> {
    let mut upload = container.write(name).await?;
    send(&mut *upload, content, piece).await?;
    upload.finish().await
}

async fn send(upload: &mut dyn Upload, content: &Bytes, piece: usize) -> Result<(), Error> {
    let mut left = content.clone();
    while !left.is_empty() {
        upload.write(left.split_to(piece.min(left.len()))).await?;
    }
    Ok(())
}

/// Reads some of an object.
pub async fn read(container: &dyn Container, name: &str, range: Range<u64>) -> Result<Bytes, Error> {
    all_of(container.read(name, range).await?).await
}

async fn all_of(object: Object) -> Result<Bytes, Error> {
    let pieces: Vec<Bytes> = object.bytes.try_collect().await?;
    Ok(pieces.concat().into())
}

async fn names(container: &dyn Container) -> BTreeSet<String> {
    container.list().try_collect().await.expect("listed")
}

/// What one writes, all read, in whatever pieces it came.
pub async fn an_object_is_read_as_written<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    for length in [0, 1, 39, 40, 41, 70_000, (1 << 20) - 40, 1 << 20, (5 << 20) - 40, 5 << 20, LARGE] {
        let content = content(length, 1);
        write(&*container, "object", &content, 65_536).await.expect("written");
        assert!(read(&*container, "object", WHOLE).await.expect("read") == content, "{length} bytes");
        assert_eq!(container.info("object").await.expect("known").size, length as u64);
    }
    for piece in [1, 4096, 6 << 20, LARGE] {
        let content = content(if piece == 1 { 10_000 } else { LARGE }, 2);
        write(&*container, "object", &content, piece).await.expect("written");
        assert!(read(&*container, "object", WHOLE).await.expect("read") == content, "pieces of {piece}");
    }
}

/// What is known of an object.
pub async fn an_object_has_a_size_and_a_time<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    // Servers keep whole seconds.
    let second = Duration::from_secs(1);
    let before = SystemTime::now() - second;
    write(&*container, "object", &content(1000, 1), 1000).await.expect("written");
    let info = container.info("object").await.expect("known");
    assert_eq!(info.size, 1000);
    assert!(before <= info.written && info.written <= SystemTime::now() + second, "{info:?}");
    assert_eq!(container.read("object", WHOLE).await.expect("found").info, info);
}

/// Names with odd characters are names like any other; some can't be.
pub async fn any_text_is_a_name<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    let names_written =
        ["a:b", "a b", "ключ", "*", "a/../b", "\u{0}", "%", "{x}", ".", "..", "/", "a#1", "A", "a", "~", "+"];
    for name in names_written {
        write(&*container, name, &Bytes::copy_from_slice(name.as_bytes()), 100).await.expect("written");
    }
    for name in names_written {
        assert_eq!(read(&*container, name, WHOLE).await.expect(name), name.as_bytes());
    }
    assert_eq!(names(&*container).await, names_written.map(str::to_owned).into());
    for name in [String::new(), "n".repeat(2000), "/".repeat(100)] {
        assert!(matches!(container.write(&name).await.err(), Some(Error::Name(_))));
        assert!(matches!(container.info(&name).await, Err(Error::Name(_))));
    }
}

/// A component's containers are its own, and each other's strangers.
pub async fn containers_are_apart<S: StoreUnderTest>(store: &S) {
    let mine = store.container("c", "b");
    write(&*mine, "object", &content(10, 1), 10).await.expect("written");
    for other in [store.container("d", "b"), store.container("c", "a"), store.container("c", "bb")] {
        assert_eq!(other.info("object").await, Err(Error::NoSuchObject));
        other.delete("object").await.expect("deleted");
        assert!(names(&*other).await.is_empty());
    }
    let again = store.container("c", "b");
    assert_eq!(read(&*again, "object", WHOLE).await.expect("read"), content(10, 1));
}

/// Parts of an object can be read, up to its end and no further.
pub async fn ranges_are_read<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    let all = content(LARGE, 3);
    write(&*container, "object", &all, 65_536).await.expect("written");
    let size = LARGE as u64;
    for range in
        [0..1, 0..0, 5..5, 1..70_000, size - 1..size, size..size, 0..size - 1, 0..size, 1..size, 7..u64::MAX]
    {
        let object = container.read("object", range.clone()).await.expect("found");
        let end = range.end.min(size);
        assert_eq!(object.range, range.start..end);
        assert_eq!(object.info.size, size);
        let from = usize::try_from(range.start).expect("small");
        let to = usize::try_from(end).expect("small");
        assert!(all_of(object).await.expect("read") == all.slice(from..to), "{range:?}");
    }
    for start in [size + 1, size + 40, size + 1000] {
        let refused = container.read("object", start..u64::MAX).await.err();
        assert_eq!(refused, Some(Error::Range(size)), "from {start}");
    }
}

/// What isn't there is told, and can be deleted.
pub async fn an_absent_object_is_told<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    assert_eq!(container.info("object").await, Err(Error::NoSuchObject));
    for range in [WHOLE, 5..6] {
        assert_eq!(container.read("object", range).await.err(), Some(Error::NoSuchObject));
    }
    container.delete("object").await.expect("an absent object is no error");
    write(&*container, "object", &content(10, 1), 10).await.expect("written");
    container.delete("object").await.expect("deleted");
    assert_eq!(container.info("object").await, Err(Error::NoSuchObject));
    assert!(names(&*container).await.is_empty());
    assert_eq!(store.stored(), 0);
}

/// Nobody sees an object before it is finished, and the one that it replaces is there until then.
pub async fn an_unfinished_object_is_never_seen<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    let (old, new) = (content(2000, 1), content(LARGE, 2));
    for earlier in [None, Some(old)] {
        if let Some(old) = &earlier {
            write(&*container, "object", old, 1000).await.expect("written");
        }
        let mut upload = container.write("object").await.expect("begun");
        send(&mut *upload, &new, 65_536).await.expect("sent");
        let seen = read(&*container, "object", WHOLE).await;
        assert_eq!(seen.ok(), earlier);
        assert_eq!(names(&*container).await.len(), usize::from(earlier.is_some()));
        upload.finish().await.expect("finished");
        assert!(read(&*container, "object", WHOLE).await.expect("read") == new);
        container.delete("object").await.expect("deleted");
    }
}

/// An upload that is given up leaves nothing, however far it had come.
pub async fn a_dropped_upload_leaves_nothing_behind<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    for length in [0, 1, 100_000, LARGE] {
        let mut upload = container.write("object").await.expect("begun");
        send(&mut *upload, &content(length, 1), 65_536).await.expect("sent");
        drop(upload);
        let end = Instant::now() + PATIENCE;
        while store.stored() > 0 {
            assert!(Instant::now() < end, "{} things are left of {length} bytes", store.stored());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(container.info("object").await, Err(Error::NoSuchObject));
    }
}

/// Who reads while the object is replaced or deleted gets the old one or an error, never some of each.
pub async fn a_reader_never_gets_a_mixture<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    let (old, new) = (content(LARGE, 1), content(LARGE, 2));
    for replaced in [true, false] {
        write(&*container, "object", &old, 65_536).await.expect("written");
        let object = container.read("object", WHOLE).await.expect("found");
        if replaced {
            write(&*container, "object", &new, 65_536).await.expect("replaced");
        } else {
            container.delete("object").await.expect("deleted");
        }
        if let Ok(seen) = all_of(object).await {
            assert!(seen == old);
        }
    }
}

/// Of several who write the same object, one comes last.
pub async fn one_of_several_writers_wins<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    let contents: Vec<Bytes> = (0..4).map(|seed| content(LARGE / 2, seed)).collect();
    let writers = contents.iter().map(|content| write(&*container, "object", content, 65_536));
    futures::future::try_join_all(writers).await.expect("written");
    let seen = read(&*container, "object", WHOLE).await.expect("read");
    assert!(contents.contains(&seen));
    assert_eq!(store.stored(), 1);
}

/// A list shows every object, and each once while nothing changes.
pub async fn all_objects_are_listed<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    let expected: BTreeSet<String> = (0..1100).map(|n| format!("object-{n}")).collect();
    let one = Bytes::from_static(b"x");
    stream::iter(&expected)
        .for_each_concurrent(16, |name| {
            let (container, one) = (&container, &one);
            async move { write(&**container, name, one, 1).await.expect("written") }
        })
        .await;
    let listed: Vec<String> = container.list().try_collect().await.expect("listed");
    assert_eq!(listed.len(), expected.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected);
}

/// Who reads a damaged object as a whole is told so, before the last of its bytes.
pub async fn a_damaged_object_is_not_handed_out<S: StoreUnderTest>(store: &S) {
    let container = store.container("c", "b");
    for length in [1, 1000, LARGE] {
        let content = content(length, 1);
        let file = store.file("c", "b", "object");
        for at in [0, length / 2, length - 1, length, length + 39] {
            write(&*container, "object", &content, 65_536).await.expect("written");
            let mut stored = std::fs::read(&file).expect("a file");
            stored[at] ^= 1;
            std::fs::write(&file, stored).expect("damaged");
            let mut object = container.read("object", WHOLE).await.expect("found");
            let mut seen = 0;
            let end = loop {
                match object.bytes.next().await {
                    Some(Ok(bytes)) => seen += bytes.len(),
                    other => break other,
                }
            };
            assert!(matches!(end, Some(Err(Error::Damaged(_)))), "byte {at} of {length}: {end:?}");
            assert!(seen < length, "all {length} bytes were handed out");
        }
        write(&*container, "object", &content, 65_536).await.expect("written");
        let file = std::fs::File::options().write(true).open(&file).expect("a file");
        file.set_len(length as u64 / 2).expect("cut off");
        let short = read(&*container, "object", WHOLE).await;
        assert!(matches!(short, Err(Error::Damaged(_))), "{short:?}");
    }
}

/// Makes one `#[tokio::test]` of every check, for a type that is [`StoreUnderTest`].
#[macro_export]
macro_rules! conformance_tests {
    ($store:ty) => {
        $crate::conformance_tests!(@each $store:
            an_object_is_read_as_written,
            an_object_has_a_size_and_a_time,
            any_text_is_a_name,
            containers_are_apart,
            ranges_are_read,
            an_absent_object_is_told,
            an_unfinished_object_is_never_seen,
            a_dropped_upload_leaves_nothing_behind,
            a_reader_never_gets_a_mixture,
            one_of_several_writers_wins,
            all_objects_are_listed,
            a_damaged_object_is_not_handed_out,
        );
    };
    (@each $store:ty: $($check:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let store = <$store as $crate::conformance::StoreUnderTest>::fresh().await;
                $crate::conformance::$check(&store).await;
            }
        )*
    };
}
