//! A page: marks at places. Points from the top left corner; A4 is 595 by 842.

pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
/// The edges of what is written.
pub(crate) const LEFT: f32 = 56.7;
pub(crate) const RIGHT: f32 = WIDTH - LEFT;
pub(crate) const TOP: f32 = 76.0;
pub(crate) const BOTTOM: f32 = HEIGHT - 64.0;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// `y` is the base line.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A filled rectangle; a thin one is a rule.
    Area { x: f32, y: f32, width: f32, height: f32, tone: Tone },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub size: f32,
    pub bold: bool,
    pub tone: Tone,
}

impl Style {
    pub const TITLE: Self = Self { size: 18.0, bold: true, tone: Tone::Ink };
    pub const HEADING: Self = Self { size: 11.0, bold: true, tone: Tone::Ink };
    pub const BODY: Self = Self { size: 10.0, bold: false, tone: Tone::Ink };
    pub const STRONG: Self = Self { bold: true, ..Self::BODY };
    pub const LABEL: Self = Self { tone: Tone::Soft, ..Self::BODY };
    pub const CELL: Self = Self { size: 9.0, bold: false, tone: Tone::Ink };
    pub const COLUMN: Self = Self { bold: true, ..Self::CELL };
    pub const EDGE: Self = Self { size: 8.0, bold: false, tone: Tone::Soft };

    /// From line to line.
    pub fn leading(self) -> f32 {
        self.size * 1.6
    }

    /// From a line's top to its base line.
    pub fn drop(self) -> f32 {
        self.leading() / 2.0 + self.size * 0.37
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Ink,
    Soft,
    Rule,
    Shade,
}

impl Tone {
    pub fn grey(self) -> u8 {
        match self {
            Self::Ink => 0x1a,
            Self::Soft => 0x5c,
            Self::Rule => 0xb4,
            Self::Shade => 0xf1,
        }
    }
}
