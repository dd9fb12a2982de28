//! Han characters: which they are, and the simplified form of a traditional one.

use std::sync::LazyLock;

/// True for a Han character of the blocks that names and addresses use, 〇 among them.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '〇' | '\u{20000}'..='\u{323af}')
}

const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

/// Simplified form by code point, 0 where the character stands for itself.
static SIMPLIFIED: LazyLock<Box<[u16]>> = LazyLock::new(|| {
    let mut table = vec![0_u16; (LAST - FIRST + 1) as usize];
    let mut pairs = include_str!("../data/simplified.txt").chars().filter(|c| !c.is_whitespace());
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        table[(from as u32 - FIRST) as usize] = to as u16;
    }
    table.into_boxed_slice()
});

/// The simplified form of a traditional character; any other character as it is.
///
/// Characters that are also right in simplified text (乾, 於, 菸 as surnames and in given names) are left alone.
pub fn simplified(c: char) -> char {
    let point = c as u32;
    if !(FIRST..=LAST).contains(&point) {
        return c;
    }
    match SIMPLIFIED[(point - FIRST) as usize] {
        0 => c,
        to => char::from_u32(u32::from(to)).unwrap_or(c),
    }
}

#[cfg(test)]
mod tests;
