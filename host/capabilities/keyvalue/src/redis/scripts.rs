//! What takes more than one command and must happen at once.

use redis::Script;

/// The code of the error that a value is no decimal number.
pub(super) const NO_NUMBER: &str = "NONUMBER";
/// The code of the error that a sum would be too large.
pub(super) const FULL: &str = "FULL";

/// The life of a counter begins with it: INCRBY keeps the time that is left.
const INCREMENT: &str = "
local value = redis.call('GET', KEYS[1])
if value and not string.match(value, '^%d+$') then
    return redis.error_reply('NONUMBER the value is not a number')
end
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(sum) == 'table' and sum.err then
    return redis.error_reply('FULL the counter is full')
end
if not value and ARGV[2] ~= '0' then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return sum
";

/// A script because a cluster sends it where the bucket is, which it can't tell from SCAN.
const LIST: &str = "return redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)";

pub(super) struct Scripts {
    pub(super) increment: Script,
    pub(super) list: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self { increment: Script::new(INCREMENT), list: Script::new(LIST) }
    }
}

/// A pattern of SCAN for all keys that begin so.
pub(super) fn pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('*');
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_prefix_stands_for_itself() {
        assert_eq!(super::pattern("a:{b/c}:"), "a:{b/c}:*");
        assert_eq!(super::pattern("a*[b]?"), "a\\*\\[b\\]\\?*");
    }
}
