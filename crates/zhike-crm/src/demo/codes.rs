//! Numbers that look like real ones and pass their checks: all invented.

use zhike_types::Uuid;

use super::chance::{Chance, mix};

/// The characters of a 统一社会信用代码 (GB 32100-2015): no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A 统一社会信用代码: two characters of authority and kind, the region, nine of 主体标识码 (the organisation code with its
/// own check character, GB 11714-1997), the check character. Different indexes below 31^6 give different codes.
pub(super) fn credit_code(prefix: &str, region: &str, seed: u64, index: u64) -> String {
    const SPACE: u64 = 31_u64.pow(6);
    let mut code = String::with_capacity(18);
    code.push_str(prefix);
    code.push_str(region);
    // organisations registered since 2015 start with MA; the factor shares no divisor with 31, so no two indexes meet
    let mut serial = (index % SPACE * 193_939_201 + mix(seed, 31) % SPACE) % SPACE;
    code.push_str("MA");
    for _ in 0..6 {
        code.push(ALPHABET[(serial % 31) as usize] as char);
        serial /= 31;
    }
    code.push(organisation_check(&code.as_bytes()[8..16]));
    code.push(credit_check(code.as_bytes()));
    code
}

/// GB 11714: weights 3, 7, 9, 10, 5, 8, 4, 2, modulo 11; a ten is X.
fn organisation_check(body: &[u8]) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .iter()
        .zip(WEIGHTS)
        .map(|(byte, weight)| {
            let value = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 };
            u32::from(value) * weight
        })
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => (b'0' + digit as u8) as char,
    }
}

/// GB 32100: weights 3^i modulo 31.
fn credit_check(body: &[u8]) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for byte in body {
        sum += ALPHABET.iter().position(|c| c == byte).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET[(31 - sum % 31) % 31] as char
}

/// A 公民身份号码 (GB 11643-1999): region, birth date, serial (odd for men), check character (ISO 7064 MOD 11-2).
pub(super) fn id_number(region: &str, born: jiff::civil::Date, male: bool, chance: &mut Chance) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let serial = chance.below(400) * 2 + u64::from(male);
    let mut number = format!("{region}{:04}{:02}{:02}{serial:03}", born.year(), born.month(), born.day());
    let sum: u32 = number.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    number.push(b"10X98765432"[(sum % 11) as usize] as char);
    number
}

/// Prefixes of the three carriers and 中国广电, as often as they are met. No prefix of data-only or satellite lines.
const MOBILE: &[&str] = &[
    "138", "139", "136", "137", "135", "158", "159", "150", "151", "152", "188", "187", "186", "189", "180", "181",
    "185", "182", "183", "133", "153", "130", "131", "132", "155", "156", "157", "177", "176", "175", "178", "173",
    "199", "198", "191", "166", "184", "134", "147", "145", "149", "193", "195", "196", "197", "190", "172", "192",
];

/// Eleven digits.
pub(super) fn mobile(chance: &mut Chance) -> String {
    let prefix = *chance.early(MOBILE);
    digits(prefix, 8, chance)
}

/// Area code, hyphen, seven or eight digits that start as local numbers do.
pub(super) fn landline(area: &str, local: usize, chance: &mut Chance) -> String {
    let first = chance.word(&["8", "6", "2", "5", "3", "7"]);
    digits(&format!("{area}-{first}"), local - 1, chance)
}

fn digits(start: &str, count: usize, chance: &mut Chance) -> String {
    let mut number = String::with_capacity(start.len() + count);
    number.push_str(start);
    let mut rest = chance.below(10_u64.pow(count as u32));
    let mut power = 10_u64.pow(count as u32 - 1);
    while power > 0 {
        number.push((b'0' + (rest / power) as u8) as char);
        rest %= power;
        power /= 10;
    }
    number
}

/// Sorts of records, for ids: part of what an id is made from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sort {
    Account = 1,
    Contact,
    Interaction,
    Task,
    Note,
    Relation,
    TeamMember,
    Department,
    User,
    Tag,
    Category,
    Product,
    ListBook,
    Lead,
    Opportunity,
    OpportunityLine,
    Quote,
    QuoteLine,
    Contract,
    PaymentPlan,
    Payment,
    Invoice,
    Demand,
    Seller,
    Split,
    Visit,
    SalesOrder,
    SalesOrderLine,
    WebForm,
}

/// A UUIDv7 (RFC 9562 §5.7) whose time is when the record was made and whose random part comes from the seed.
pub(super) fn id(seed: u64, sort: Sort, index: u64, part: u64, created_at: i64) -> Uuid {
    let random = mix(mix(seed, sort as u64), (index << 8) | part);
    let more = mix(random, 7);
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&created_at.to_be_bytes()[2..]);
    bytes[6..8].copy_from_slice(&(more as u16).to_be_bytes());
    bytes[8..].copy_from_slice(&random.to_be_bytes());
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    Uuid::from_bytes(bytes)
}
