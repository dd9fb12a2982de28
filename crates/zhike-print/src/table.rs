//! Tables: the head again on every page, a row torn only when it is taller than a page.

use crate::{
    Table,
    compose::Composer,
    page::{BOTTOM, LEFT, Mark, RIGHT, Style, TOP, Tone},
};

const SIDE: f32 = 5.0;
const ABOVE: f32 = 2.5;

struct Place {
    x: f32,
    width: f32,
    right: bool,
}

pub(crate) fn compose(composer: &mut Composer<'_>, table: &Table) {
    let places = places(table);
    head(composer, table, &places);
    if table.rows.is_empty() {
        let whole = Place { x: LEFT, width: RIGHT - LEFT, right: false };
        row(composer, table, (&places, &[whole]), std::slice::from_ref(&table.empty));
    }
    for cells in &table.rows {
        row(composer, table, (&places, &places), cells);
    }
    composer.y += 6.0;
}

fn places(table: &Table) -> Vec<Place> {
    let whole: f32 = table.columns.iter().map(|column| column.share.max(0.1)).sum();
    let mut x = LEFT;
    let place = |column: &crate::Column| {
        let width = (RIGHT - LEFT) * column.share.max(0.1) / whole;
        let place = Place { x, width, right: column.right };
        x += width;
        place
    };
    table.columns.iter().map(place).collect()
}

fn broken(composer: &Composer<'_>, places: &[Place], cells: &[String], style: Style) -> Vec<Vec<String>> {
    cells.iter().zip(places).map(|(cell, place)| composer.lines(cell, style, place.width - 2.0 * SIDE)).collect()
}

fn head(composer: &mut Composer<'_>, table: &Table, places: &[Place]) {
    let labels: Vec<String> = table.columns.iter().map(|column| column.label.clone()).collect();
    let lines = broken(composer, places, &labels, Style::COLUMN);
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let height = count as f32 * Style::COLUMN.leading() + 2.0 * ABOVE;
    composer.need(height + Style::CELL.leading() + 2.0 * ABOVE);
    let y = composer.y;
    composer.put(Mark::Area { x: LEFT, y, width: RIGHT - LEFT, height, tone: Tone::Shade });
    composer.rule(LEFT, y, RIGHT - LEFT, 0.6);
    cells(composer, places, &lines, 0..count, Style::COLUMN);
    composer.y = y + height;
    composer.rule(LEFT, composer.y, RIGHT - LEFT, 0.6);
}

/// `above`: the places of the head, which stands again on a new page.
fn row(composer: &mut Composer<'_>, table: &Table, (above, places): (&[Place], &[Place]), texts: &[String]) {
    let lines = broken(composer, places, texts, Style::CELL);
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let leading = Style::CELL.leading();
    let mut from = 0;
    while from < count {
        let fits = ((BOTTOM - composer.y - 2.0 * ABOVE) / leading).max(0.0) as usize;
        let whole = count - from;
        let on_a_page = ((BOTTOM - TOP) * 0.8 / leading) as usize;
        // a row that fits on a page is not torn
        if fits == 0 || (fits < whole && whole <= on_a_page) {
            composer.turn();
            head(composer, table, above);
            continue;
        }
        let to = count.min(from + fits);
        let y = composer.y;
        cells(composer, places, &lines, from..to, Style::CELL);
        composer.y = y + (to - from) as f32 * leading + 2.0 * ABOVE;
        composer.rule(LEFT, composer.y, RIGHT - LEFT, 0.4);
        from = to;
    }
}

fn cells(
    composer: &mut Composer<'_>,
    places: &[Place],
    lines: &[Vec<String>],
    range: std::ops::Range<usize>,
    style: Style,
) {
    for (place, lines) in places.iter().zip(lines) {
        let mut y = composer.y + ABOVE;
        for at in range.clone() {
            if let Some(line) = lines.get(at) {
                if place.right {
                    composer.line_to(place.x + place.width - SIDE, y, style, line);
                } else {
                    composer.line(place.x + SIDE, y, style, line);
                }
            }
            y += style.leading();
        }
    }
}
