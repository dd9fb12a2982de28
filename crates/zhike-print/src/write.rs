//! The pages as PDF.

use krilla::{
    Document as Pdf, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder},
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
};
use zhike_types::{Error, Lang, Result};

use crate::{
    Document, Fonts,
    page::{HEIGHT, Mark, Tone, WIDTH},
};

pub(crate) fn pdf(document: &Document, fonts: &Fonts, pages: &[Vec<Mark>]) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Debug| Error::internal(format!("a PDF could not be written: {error:?}"));
    let archive = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U);
    let configuration = archive.finish().map_err(|error| failed(&error))?;
    let mut pdf =
        Pdf::new_with(SerializeSettings { configuration, enable_tagging: false, ..SerializeSettings::default() });
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::internal("A4 is a size"))?;
    for marks in pages {
        let mut page = pdf.start_page_with(settings.clone());
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, fonts, mark);
        }
        surface.finish();
        page.finish();
    }
    pdf.set_metadata(metadata(document));
    pdf.finish().map_err(|error| failed(&error))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: &Mark) {
    match mark {
        Mark::Text { x, y, style, text } => {
            surface.set_fill(Some(fill(style.tone)));
            let face = fonts.face(style.bold);
            surface.draw_glyphs(Point::from_xy(*x, *y), &face.glyphs(text), face.font.clone(), text, style.size, false);
        }
        Mark::Area { x, y, width, height, tone } => {
            let mut path = PathBuilder::new();
            if let Some(area) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(area);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*tone)));
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(tone: Tone) -> Fill {
    let grey = tone.grey();
    Fill { paint: rgb::Color::new(grey, grey, grey).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn metadata(document: &Document) -> Metadata {
    let at = document.made_at;
    let made = DateTime::new(at.year().max(0) as u16)
        .month(at.month() as u8)
        .day(at.day() as u8)
        .hour(at.hour() as u8)
        .minute(at.minute() as u8)
        .second(at.second() as u8);
    let language = match document.lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    Metadata::new()
        .title(document.title.clone())
        .language(language.to_owned())
        .creator("知客 Zhike".to_owned())
        .creation_date(made)
}
