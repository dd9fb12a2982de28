//! What stands where: blocks below each other, page after page.

use crate::{
    Block, Document, Fonts, Party,
    lines::lines,
    page::{BOTTOM, HEIGHT, LEFT, Mark, RIGHT, Style, TOP, Tone},
    table,
};

/// Between the two columns of facts.
const GUTTER: f32 = 18.0;
/// A label takes so much of its column at most.
const LABEL_SHARE: f32 = 0.45;
/// A round seal is 119 points wide; it is pressed over the name and what is signed.
const SEAL: f32 = 64.0;
/// A heading stays with so much of what follows.
const KEPT: f32 = 54.0;

/// Lays a document out.
pub(crate) fn pages(document: &Document, fonts: &Fonts) -> Vec<Vec<Mark>> {
    let mut composer = Composer { fonts, pages: vec![Vec::new()], y: TOP };
    for block in &document.blocks {
        composer.block(block);
    }
    composer.edges(document);
    composer.pages
}

pub(crate) struct Composer<'a> {
    pub fonts: &'a Fonts,
    pages: Vec<Vec<Mark>>,
    /// How far the page is filled.
    pub y: f32,
}

impl Composer<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Title(text) => self.title(text),
            Block::Heading(text) => self.heading(text),
            Block::Text(text) => self.text(text),
            Block::Facts(facts) => self.facts(facts, LEFT, RIGHT, 2),
            Block::Table(table) => table::compose(self, table),
            Block::Sums(sums) => self.sums(sums),
            Block::Parties(parties) => self.parties(parties),
        }
    }

    pub fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// A line of text whose top is at `y`.
    pub fn line(&mut self, x: f32, y: f32, style: Style, text: &str) {
        if !text.is_empty() {
            self.put(Mark::Text { x, y: y + style.drop(), style, text: text.to_owned() });
        }
    }

    /// The same, ending at `right`.
    pub fn line_to(&mut self, right: f32, y: f32, style: Style, text: &str) {
        let width = self.width(text, style);
        self.line(right - width, y, style, text);
    }

    pub fn rule(&mut self, x: f32, y: f32, width: f32, height: f32) {
        self.put(Mark::Area { x, y, width, height, tone: Tone::Rule });
    }

    pub fn width(&self, text: &str, style: Style) -> f32 {
        self.fonts.face(style.bold).width(text, style.size)
    }

    pub fn lines(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        lines(self.fonts.face(style.bold), text, style.size, width)
    }

    pub fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Turns the page unless so much fits on it.
    pub fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.turn();
        }
    }

    fn title(&mut self, text: &str) {
        let style = Style::TITLE;
        for line in self.lines(text, style, RIGHT - LEFT) {
            self.need(style.leading());
            let x = LEFT + (RIGHT - LEFT - self.width(&line, style)) / 2.0;
            self.line(x, self.y, style, &line);
            self.y += style.leading();
        }
        self.y += 10.0;
    }

    fn heading(&mut self, text: &str) {
        let style = Style::HEADING;
        self.y += 8.0;
        self.need(style.leading() + KEPT);
        for line in self.lines(text, style, RIGHT - LEFT) {
            self.need(style.leading());
            self.line(LEFT, self.y, style, &line);
            self.y += style.leading();
        }
        self.y += 3.0;
    }

    fn text(&mut self, text: &str) {
        let style = Style::BODY;
        for line in self.lines(text, style, RIGHT - LEFT) {
            self.need(style.leading());
            self.line(LEFT, self.y, style, &line);
            self.y += style.leading();
        }
        self.y += 6.0;
    }

    /// Labels and values in columns between two edges.
    fn facts(&mut self, facts: &[(String, String)], left: f32, right: f32, columns: usize) {
        let column = (right - left + GUTTER) / columns as f32;
        let room = column - GUTTER;
        let label = facts.iter().map(|(label, _)| self.width(label, Style::LABEL)).fold(0.0, f32::max) + 8.0;
        let label = label.min(room * LABEL_SHARE);
        for row in facts.chunks(columns) {
            let cells: Vec<(Vec<String>, Vec<String>)> = row
                .iter()
                .map(|(name, value)| {
                    (self.lines(name, Style::LABEL, label - 8.0), self.lines(value, Style::BODY, room - label))
                })
                .collect();
            let count = cells.iter().map(|(names, values)| names.len().max(values.len())).max().unwrap_or(0);
            let leading = Style::BODY.leading();
            for at in 0..count {
                self.need(leading);
                for (n, (names, values)) in cells.iter().enumerate() {
                    let x = left + column * n as f32;
                    if let Some(line) = names.get(at) {
                        self.line(x, self.y, Style::LABEL, line);
                    }
                    if let Some(line) = values.get(at) {
                        self.line(x + label, self.y, Style::BODY, line);
                    }
                }
                self.y += leading;
            }
            self.y += 2.0;
        }
        self.y += 6.0;
    }

    fn sums(&mut self, sums: &[(String, String)]) {
        self.y += 2.0;
        for (at, (label, value)) in sums.iter().enumerate() {
            let last = at + 1 == sums.len();
            let style = if last { Style::STRONG } else { Style::BODY };
            let values = self.lines(value, style, (RIGHT - LEFT) * 0.7);
            let widest = values.iter().map(|line| self.width(line, style)).fold(90.0, f32::max);
            let labels = self.lines(label, Style::LABEL, RIGHT - LEFT - widest - 16.0);
            for at in 0..values.len().max(labels.len()) {
                self.need(style.leading());
                if let Some(line) = labels.get(at) {
                    self.line_to(RIGHT - widest - 12.0, self.y, Style::LABEL, line);
                }
                if let Some(line) = values.get(at) {
                    self.line_to(RIGHT - 4.0, self.y, style, line);
                }
                self.y += style.leading();
            }
        }
        self.y += 8.0;
    }

    /// Whoever seals, beside each other on one page.
    fn parties(&mut self, parties: &[Party]) {
        if parties.is_empty() {
            return;
        }
        let column = (RIGHT - LEFT + GUTTER) / parties.len() as f32;
        let room = column - GUTTER;
        let leading = Style::BODY.leading();
        let tall = |party: &Party| {
            let facts: usize = party.facts.iter().map(|fact| self.lines(&joined(fact), Style::BODY, room).len()).sum();
            let role = self.lines(&party.role, Style::STRONG, room).len();
            (role + facts) as f32 * leading + SEAL + party.by_hand.len() as f32 * (leading + 4.0)
        };
        let height = parties.iter().map(tall).fold(0.0, f32::max);
        self.y += 14.0;
        self.need(height);
        let top = self.y;
        for (n, party) in parties.iter().enumerate() {
            let x = LEFT + column * n as f32;
            let mut y = top;
            for line in self.lines(&party.role, Style::STRONG, room) {
                self.line(x, y, Style::STRONG, &line);
                y += leading;
            }
            for fact in &party.facts {
                for line in self.lines(&joined(fact), Style::BODY, room) {
                    self.line(x, y, Style::BODY, &line);
                    y += leading;
                }
            }
            let mut y = top + height - party.by_hand.len() as f32 * (leading + 4.0);
            for label in &party.by_hand {
                let said = self.lines(label, Style::BODY, room * 0.6).swap_remove(0);
                self.line(x, y, Style::BODY, &said);
                let from = x + self.width(&said, Style::BODY) + 4.0;
                self.rule(from, y + Style::BODY.drop() + 2.0, x + room - from, 0.6);
                y += leading + 4.0;
            }
        }
        self.y = top + height;
    }

    /// The head and the foot of every page.
    fn edges(&mut self, document: &Document) {
        let count = self.pages.len();
        let style = Style::EDGE;
        let half = (RIGHT - LEFT) / 2.0 - 6.0;
        let [left, right] = [0, 1].map(|side| self.lines(&document.head[side], style, half).swap_remove(0));
        let from = RIGHT - self.width(&right, style);
        for at in 0..count {
            let page = match document.lang {
                zhike_types::Lang::Zh => format!("第 {} 页，共 {count} 页", at + 1),
                zhike_types::Lang::En => format!("Page {} of {count}", at + 1),
            };
            let foot = RIGHT - self.width(&page, style);
            let mark = |x, y, text: &str| Mark::Text { x, y, style, text: text.to_owned() };
            let marks = [mark(LEFT, 50.0, &left), mark(from, 50.0, &right), mark(foot, HEIGHT - 36.0, &page)];
            let rule = Mark::Area { x: LEFT, y: 57.0, width: RIGHT - LEFT, height: 0.6, tone: Tone::Rule };
            self.pages[at]
                .extend(marks.into_iter().filter(|mark| !matches!(mark, Mark::Text { text, .. } if text.is_empty())));
            self.pages[at].push(rule);
        }
    }
}

fn joined((label, value): &(String, String)) -> String {
    format!("{label}{value}")
}
