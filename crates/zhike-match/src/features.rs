//! A record ready for comparison: every value normalised, some two hundred bytes in all.

use crate::letters::{self, Letter, Quick, hash};
use crate::organisation::{self, Name};
use crate::place::{self, Place};
use crate::schema::{Kind, Schema, VALUES};
use crate::{address, code, email, person, phone, plain};

/// One record's values. Its words: where the values of each comparison begin (one word each, and the end), then each
/// value with its length, the rarity of what it says (set by [`crate::Frequencies`]), and the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features(Box<[u16]>);

/// [`Features`] wherever they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View<'a>(&'a [u16]);

/// One value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    /// 0: not known; else 1 + 64 times the negative binary logarithm of the value's frequency.
    pub rarity: u16,
    pub words: &'a [u16],
}

/// The words before a value: its length and its rarity.
const HEAD: usize = 2;

impl Features {
    pub fn view(&self) -> View<'_> {
        View(&self.0)
    }

    /// For keeping; only the same version of this crate reads it.
    pub fn words(&self) -> &[u16] {
        &self.0
    }

    /// What [`Features::words`] gave; `None` when it is nothing of the kind.
    pub fn from_words(words: &[u16], schema: &Schema) -> Option<Self> {
        let count = schema.comparisons.len();
        let heads = words.get(..=count)?;
        let whole =
            usize::from(*heads.first()?) == count + 1 && heads.is_sorted() && usize::from(heads[count]) == words.len();
        let valued = |at: usize| {
            let mut rest = &words[usize::from(heads[at])..usize::from(heads[at + 1])];
            while let [length, _, behind @ ..] = rest {
                match behind.get(usize::from(*length)..) {
                    Some(next) => rest = next,
                    None => return false,
                }
            }
            rest.is_empty()
        };
        (whole && (0..count).all(valued)).then(|| Self(words.into()))
    }

    pub(crate) fn words_mut(&mut self) -> &mut [u16] {
        &mut self.0
    }
}

impl<'a> View<'a> {
    pub(crate) fn values(self, comparison: usize) -> Values<'a> {
        Values(&self.0[usize::from(self.0[comparison])..usize::from(self.0[comparison + 1])])
    }

    pub(crate) fn has(self, comparison: usize) -> bool {
        self.0[comparison] < self.0[comparison + 1]
    }

    /// How many values of a comparison there are.
    pub fn count(self, comparison: usize) -> usize {
        self.values(comparison).count()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Values<'a>(&'a [u16]);

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let [length, rarity, rest @ ..] = self.0 else { return None };
        let (words, rest) = rest.split_at(usize::from(*length));
        self.0 = rest;
        Some(Value { rarity: *rarity, words })
    }
}

/// The places of the rarity words of a record, with their values: for setting them.
pub(crate) fn each_value_mut(words: &mut [u16], comparison: usize, mut each: impl FnMut(&[u16]) -> u16) {
    let (mut at, end) = (usize::from(words[comparison]), usize::from(words[comparison + 1]));
    while at < end {
        let length = usize::from(words[at]);
        words[at + 1] = each(&words[at + HEAD..at + HEAD + length]);
        at += HEAD + length;
    }
}

/// What a value says, as a number: the same for the same, whatever stands around it. Of a company's name it is the brand,
/// of a region the city.
pub(crate) fn identity(kind: Kind, words: &[u16]) -> u64 {
    match kind {
        Kind::Organisation => hash(Name::of(words).brand),
        Kind::Trade => hash(&words[1..]),
        Kind::Region => u64::from(place::city(words[1])),
        Kind::Person | Kind::CreditCode => hash(&words[usize::from(kind == Kind::Person)..]),
        Kind::Mobile | Kind::Landline => phone::number(words),
        _ => hash(words),
    }
}

/// Stated by the name itself, not by another field.
pub(crate) const STATED: u16 = 1;
/// Read out of the name in a doubtful way.
pub(crate) const DOUBTFUL: u16 = 2;

/// Makes [`Features`] out of texts. Keeps what it has read of regions, which come again and again.
#[derive(Debug)]
pub struct Extractor<'s> {
    schema: &'s Schema,
    places: Quick<String, Place>,
    values: Vec<Vec<u16>>,
    counts: Vec<usize>,
    scratch: Vec<u16>,
}

/// So many texts of regions are remembered.
const REMEMBERED: usize = 20_000;

impl<'s> Extractor<'s> {
    pub fn new(schema: &'s Schema) -> Self {
        let count = schema.comparisons.len();
        Self {
            schema,
            places: Quick::default(),
            values: vec![Vec::new(); count],
            counts: vec![0; count],
            scratch: Vec::new(),
        }
    }

    /// A record's values: comparison and text; several of one comparison where the record has them, blank ones are left out.
    pub fn features(&mut self, values: &[(usize, &str)]) -> Features {
        self.read(values);
        let mut words = Vec::new();
        self.write(&mut words);
        Features(words.into())
    }

    pub(crate) fn read(&mut self, values: &[(usize, &str)]) {
        self.values.iter_mut().for_each(Vec::clear);
        self.counts.fill(0);
        let region = self.schema.of_kind(Kind::Region);
        let mut hint = 0;
        for (at, text) in values.iter().filter(|(at, text)| Some(*at) == region && !text.is_empty()) {
            let place = self.place(text);
            if place != 0 {
                hint = if hint == 0 || place::relation(hint, place) <= crate::Level::Within { place } else { hint };
                self.push(*at, &[0, place]);
            }
        }
        // An address says where a company is when no field does.
        let address = self.schema.of_kind(Kind::Address);
        let given = |wanted: bool| {
            values.iter().filter(move |(at, text)| {
                Some(*at) != region && (Some(*at) == address) == wanted && !text.trim().is_empty()
            })
        };
        for (at, text) in given(true) {
            self.value(*at, text, hint, region);
        }
        if let Some(region) = region.filter(|_| hint == 0) {
            hint = Values(&self.values[region]).next().map_or(0, |value| value.words[1]);
        }
        for (at, text) in given(false) {
            self.value(*at, text, hint, region);
        }
    }

    fn value(&mut self, at: usize, text: &str, hint: Place, region: Option<usize>) {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let kept = match self.schema.comparisons[at].kind {
            Kind::Organisation => {
                self.organisation(at, text, hint, region);
                false
            }
            Kind::Trade => {
                let letters: Vec<Letter> = letters::letters(text);
                scratch.push(0);
                scratch.extend_from_slice(&letters[..letters.len().min(16)]);
                !letters.is_empty()
            }
            Kind::Region => false,
            Kind::Person => person::store(text, &mut scratch),
            Kind::Mobile | Kind::Landline => {
                let of = |kind| self.schema.of_kind(kind);
                let (mobile, fixed) = (of(Kind::Mobile).unwrap_or(at), of(Kind::Landline).unwrap_or(at));
                phone::read(text, |line, stored| {
                    let place = if line == phone::Line::Mobile { mobile } else { fixed };
                    self.push(place, &stored);
                });
                false
            }
            Kind::Email => {
                for one in text.split([';', '；', ',', '，', '、', '/', '\n']) {
                    scratch.clear();
                    if email::store(one, &mut scratch) {
                        self.push(at, &scratch);
                    }
                }
                false
            }
            Kind::CreditCode => code::store_credit_code(text, &mut scratch),
            Kind::Address => {
                if let (Some(place), Some(region)) = (address::store(text, hint, &mut scratch), region)
                    && place != 0
                {
                    self.push(region, &[0, place]);
                }
                !scratch.is_empty()
            }
            Kind::Date => plain::store_date(text, &mut scratch),
            Kind::Text => plain::store_text(text, &mut scratch),
            Kind::Code => code::store(text, &mut scratch),
        };
        if kept {
            self.push(at, &scratch);
        }
        self.scratch = scratch;
    }

    fn organisation(&mut self, at: usize, text: &str, hint: Place, region: Option<usize>) {
        let trade = self.schema.of_kind(Kind::Trade);
        for name in organisation::read(text, hint) {
            let mut words = Vec::with_capacity(name.core.len() + 4);
            name.store(&mut words);
            self.push(at, &words);
            let flag = if name.other { DOUBTFUL } else { STATED };
            if let Some(trade) = trade.filter(|_| !name.trade.is_empty()) {
                let mut words = vec![flag];
                words.extend_from_slice(&name.trade[..name.trade.len().min(16)]);
                self.push(trade, &words);
            }
            if let Some(region) = region.filter(|_| name.place != 0) {
                self.push(region, &[flag, name.place]);
            }
        }
    }

    fn place(&mut self, text: &str) -> Place {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = place::read(text);
        if self.places.len() < REMEMBERED {
            self.places.insert(text.to_owned(), place);
        }
        place
    }

    /// Keeps a value unless the record has it already.
    fn push(&mut self, at: usize, words: &[u16]) {
        let values = &mut self.values[at];
        if self.counts[at] < VALUES && words.len() < 100 && !Values(values).any(|value| value.words == words) {
            values.push(words.len() as u16);
            values.push(0);
            values.extend_from_slice(words);
            self.counts[at] += 1;
        }
    }

    pub(crate) fn write(&self, out: &mut Vec<u16>) {
        let mut at = self.values.len() + 1;
        for values in &self.values {
            out.push(at as u16);
            at += values.len();
        }
        out.push(at as u16);
        self.values.iter().for_each(|values| out.extend_from_slice(values));
    }
}

/// Many records in one place.
#[derive(Debug, Default)]
pub struct Store {
    chunks: Vec<Vec<u16>>,
    /// Where each record begins, chunks being [`CHUNK`] words long.
    starts: Vec<u32>,
}

const CHUNK: usize = 1 << 20;

impl Store {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    pub fn get(&self, at: usize) -> View<'_> {
        let start = self.starts[at] as usize;
        View(&self.chunks[start / CHUNK][start % CHUNK..])
    }

    /// Adds a record straight from its texts; see [`Extractor::features`]. Its place is the number of records before it.
    pub fn add(&mut self, extractor: &mut Extractor<'_>, values: &[(usize, &str)]) {
        extractor.read(values);
        let length = extractor.values.iter().map(Vec::len).sum::<usize>() + extractor.values.len() + 1;
        extractor.write(self.room(length));
    }

    pub fn push(&mut self, features: View<'_>) {
        let words = &features.0[..usize::from(features.0[usize::from(features.0[0]) - 1])];
        self.room(words.len()).extend_from_slice(words);
    }

    /// Takes the records of another store behind its own.
    pub fn append(&mut self, mut other: Self) {
        let base = (self.chunks.len() * CHUNK) as u32;
        self.chunks.append(&mut other.chunks);
        self.starts.extend(other.starts.into_iter().map(|start| start + base));
    }

    fn room(&mut self, length: usize) -> &mut Vec<u16> {
        if self.chunks.last().is_none_or(|chunk| chunk.len() + length > CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let index = self.chunks.len() - 1;
        let chunk = &mut self.chunks[index];
        self.starts.push((index * CHUNK + chunk.len()) as u32);
        chunk
    }

    /// Parts of about the same size that can be changed side by side.
    pub(crate) fn parts_mut(&mut self, parts: usize) -> Vec<Part<'_>> {
        let share = self.chunks.len().div_ceil(parts.max(1)).max(1);
        let starts = &self.starts;
        let of = |chunk: usize| starts.partition_point(|start| (*start as usize) < chunk * CHUNK);
        self.chunks
            .chunks_mut(share)
            .enumerate()
            .map(|(at, chunks)| {
                let first = at * share;
                Part { starts: &starts[of(first)..of(first + chunks.len())], first, chunks }
            })
            .collect()
    }
}

/// Some of the records of a [`Store`].
pub(crate) struct Part<'s> {
    chunks: &'s mut [Vec<u16>],
    starts: &'s [u32],
    /// The number of the first chunk.
    first: usize,
}

impl Part<'_> {
    pub(crate) fn each(self, mut each: impl FnMut(&mut [u16])) {
        for start in self.starts {
            let start = *start as usize;
            each(&mut self.chunks[start / CHUNK - self.first][start % CHUNK..]);
        }
    }
}
