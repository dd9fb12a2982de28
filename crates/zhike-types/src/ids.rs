//! UUIDv7 identifiers (RFC 9562 §5.7): time first, so that they sort by age and indexes grow at one end.

use std::sync::{Arc, Mutex};

use uuid::Uuid;

use crate::Clock;

/// Where randomness comes from: the system in production, a seed in tests and demo data.
pub trait Entropy: Send + Sync + 'static {
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's random numbers.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014) from a seed: the same bytes every time. Not for secrets.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<u64>);

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().expect("no holder panics");
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Makes identifiers that never go backwards, even within one millisecond.
#[derive(Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last: Arc<Mutex<(i64, u16)>>,
}

impl Ids {
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, last: Arc::new(Mutex::new((0, 0))) }
    }

    pub fn next(&self) -> Uuid {
        let now = self.clock.now();
        let (millis, counter) = {
            let mut last = self.last.lock().expect("no holder panics");
            *last = match *last {
                (at, count) if at >= now && count < 0xfff => (at, count + 1),
                (at, _) if at >= now => (at + 1, 0),
                _ => (now, 0),
            };
            *last
        };
        let mut bytes = [0_u8; 16];
        self.entropy.fill(&mut bytes[8..]);
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6] = 0x70 | (counter >> 8) as u8;
        bytes[7] = counter as u8;
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Uuid::from_bytes(bytes)
    }

    /// 256 random bits in hexadecimal, for sessions, tokens and one-time links.
    pub fn secret(&self) -> String {
        let mut bytes = [0_u8; 32];
        self.entropy.fill(&mut bytes);
        crate::hex(&bytes)
    }
}
