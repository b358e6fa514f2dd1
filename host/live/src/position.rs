//! How far somebody has read.

use std::fmt;
use std::str::FromStr;

/// A place in what all channels of an application were told, in the order in which they were told it. Clients see it as
/// the `id` of an event, and know nothing of what it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Which count this is a number of: another one begins when the old one is lost, such as with the process.
    pub epoch: u64,
    /// Counts messages.
    pub number: u64,
}

/// It is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the id of a live message")]
pub struct NoPosition;

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:x}-{}", self.epoch, self.number)
    }
}

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (epoch, number) = text.split_once('-').ok_or(NoPosition)?;
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain(epoch) || !plain(number) {
            return Err(NoPosition);
        }
        let epoch = u64::from_str_radix(epoch, 16).map_err(|_| NoPosition)?;
        Ok(Self { epoch, number: number.parse().map_err(|_| NoPosition)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written_and_anything_else_is_none() {
        let position = Position { epoch: u64::MAX, number: 17 };
        assert_eq!(position.to_string().parse(), Ok(position));
        for text in ["", "-", "1-", "-1", "+1-2", "1-+2", "g-1", "1-a", "1", "11111111111111111-1"] {
            assert_eq!(text.parse::<Position>(), Err(NoPosition), "{text}");
        }
    }
}
