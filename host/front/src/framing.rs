//! Where a request's body ends (RFC 9112, section 6).

/// Follows a body, so that it is known which bytes are the next request's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Framing {
    /// So many bytes are still to come.
    Length(u64),
    /// In chunks.
    Chunked(Chunk),
    /// The chunks are wrong: everything that comes is the reader's to complain of.
    Broken,
}

/// What comes next of a chunked body (RFC 9112, 7.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Chunk {
    /// A digit of the size, which so far is this.
    Size(u64),
    /// The rest of the line with the size, which means nothing here.
    Extension(u64),
    /// The end of the line with the size.
    SizeEnd(u64),
    /// So many bytes of data.
    Data(u64),
    /// The end of the line after the data.
    DataEnd,
    /// The last byte of it.
    DataEndFeed,
    /// A trailer, or the empty line that ends the body.
    Trailer,
    /// The rest of a trailer.
    InTrailer,
    /// The end of a trailer.
    TrailerEnd,
    /// The end of the empty line.
    LastFeed,
    /// Nothing: the body has ended.
    Nothing,
}

impl Framing {
    /// In chunks, from the beginning.
    pub(crate) const CHUNKED: Self = Self::Chunked(Chunk::Size(0));

    /// Whether the body has ended.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunk::Nothing))
    }

    /// How many of these bytes, which come next, belong to the body.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::Broken => bytes.len(),
            Self::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= taken as u64;
                taken
            }
            Self::Chunked(_) => self.follow_chunks(bytes),
        }
    }

    fn follow_chunks(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while let Self::Chunked(chunk) = self {
            if *chunk == Chunk::Nothing {
                break;
            }
            if let Chunk::Data(left) = chunk {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                *left -= taken as u64;
                rest = rest.get(taken..).unwrap_or_default();
                if *left == 0 {
                    *chunk = Chunk::DataEnd;
                }
            }
            let Some((byte, after)) = rest.split_first() else { break };
            match chunk.after(*byte) {
                Some(next) => *chunk = next,
                None => *self = Self::Broken,
            }
            rest = after;
        }
        if *self == Self::Broken { bytes.len() } else { bytes.len() - rest.len() }
    }
}

impl Chunk {
    /// What comes after this byte; `None` when it is wrong here.
    fn after(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Size(size), digit) if digit.is_ascii_hexdigit() => {
                let digit = u64::from(char::from(digit).to_digit(16)?);
                Some(Self::Size(size.checked_mul(16)?.checked_add(digit)?))
            }
            (Self::Size(size) | Self::Extension(size), b'\r') => Some(Self::SizeEnd(size)),
            (Self::Size(size), b';' | b' ' | b'\t') => Some(Self::Extension(size)),
            (Self::Extension(size), other) if other != b'\n' => Some(Self::Extension(size)),
            (Self::SizeEnd(0) | Self::TrailerEnd, b'\n') => Some(Self::Trailer),
            (Self::SizeEnd(size), b'\n') => Some(Self::Data(size)),
            (Self::DataEnd, b'\r') => Some(Self::DataEndFeed),
            (Self::DataEndFeed, b'\n') => Some(Self::Size(0)),
            (Self::Trailer, b'\r') => Some(Self::LastFeed),
            (Self::InTrailer, b'\r') => Some(Self::TrailerEnd),
            (Self::Trailer | Self::InTrailer, _) => Some(Self::InTrailer),
            (Self::LastFeed, b'\n') => Some(Self::Nothing),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKS: &[u8] = b"4\r\nWiki\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nExpires: never\r\n\r\n";

    #[test]
    fn a_body_ends_where_its_length_says() {
        let mut framing = Framing::Length(5);
        assert_eq!(framing.follow(b"abc"), 3);
        assert!(!framing.has_ended());
        assert_eq!(framing.follow(b"deGET"), 2);
        assert!(framing.has_ended());
        assert_eq!(framing.follow(b"GET"), 0);
    }

    #[test]
    fn chunks_end_at_the_same_byte_however_they_are_cut() {
        let all = [CHUNKS, b"GET / HTTP/1.1\r\n"].concat();
        for size in 1..=all.len() {
            let mut framing = Framing::CHUNKED;
            let mut taken = 0;
            for part in all.chunks(size) {
                taken += framing.follow(part);
                if framing.has_ended() {
                    break;
                }
            }
            assert!(framing.has_ended());
            assert_eq!(taken, CHUNKS.len(), "in parts of {size}");
        }
    }

    #[test]
    fn chunks_that_are_wrong_are_left_to_the_reader() {
        for wrong in [&b"zz\r\n"[..], b"1\nx\r\n", b"2\r\nabc\r\n", b"11111111111111111\r\n", b"1\r\na\rb"] {
            let mut framing = Framing::CHUNKED;
            assert_eq!(framing.follow(wrong), wrong.len(), "{wrong:?}");
            assert_eq!(framing, Framing::Broken, "{wrong:?}");
            assert_eq!(framing.follow(b"GET /"), 5);
            assert!(!framing.has_ended());
        }
    }
}
