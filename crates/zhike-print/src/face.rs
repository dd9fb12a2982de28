//! Which glyph a character is, and how wide it is. Chinese and Latin letters stand beside each other without shaping, so a lookup
//! is enough.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{
    FontRef, MetadataProvider as _,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

/// Stands for what the font has no glyph for.
const UNKNOWN: char = '□';

/// The two weights that documents are set in.
pub struct Fonts {
    pub(crate) regular: Face,
    pub(crate) bold: Face,
}

impl Fonts {
    /// OpenType files. None when one of them cannot be read.
    pub fn new(regular: &'static [u8], bold: &'static [u8]) -> Option<Self> {
        Some(Self { regular: Face::new(regular)?, bold: Face::new(bold)? })
    }

    pub(crate) fn face(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

/// One weight.
pub(crate) struct Face {
    pub font: Font,
    letters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
    em: f32,
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        let file = FontRef::new(data).ok()?;
        let widths = file.glyph_metrics(Size::unscaled(), LocationRef::default());
        let em = f32::from(file.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        Some(Self { font: Font::new(data.into(), 0)?, letters: file.charmap(), widths, em })
    }

    /// The text as it can be printed: one line, and nothing that the font has no glyph for.
    pub fn printable(&self, text: &str) -> String {
        text.chars()
            .filter_map(|letter| match letter {
                letter if letter.is_whitespace() => Some(' '),
                letter if letter.is_control() || is_invisible(letter) => None,
                letter if self.letters.map(letter).is_some() => Some(letter),
                _ => Some(UNKNOWN),
            })
            .collect()
    }

    /// In ems.
    fn advance(&self, letter: char) -> (skrifa::GlyphId, f32) {
        let glyph = self.letters.map(letter).unwrap_or_default();
        (glyph, self.widths.advance_width(glyph).unwrap_or_default() / self.em)
    }

    /// In points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter).1).sum::<f32>() * size
    }

    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        text.char_indices()
            .map(|(at, letter)| {
                let (glyph, x_advance) = self.advance(letter);
                KrillaGlyph {
                    glyph_id: GlyphId::new(glyph.to_u32()),
                    text_range: at..at + letter.len_utf8(),
                    x_advance,
                    x_offset: 0.0,
                    y_offset: 0.0,
                    y_advance: 0.0,
                    location: None,
                }
            })
            .collect()
    }
}

/// Joiners, marks of direction, byte order marks, selectors of variants.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}
