//! A ranking as a file.

use std::{path::Path, path::PathBuf};

use serde_json::json;
use zhike_sheets::{CsvOptions, OutCell, OutColumn, OutFormat, TableWriter};
use zhike_types::{Error, Lang, Result, boxed, text};

use super::{Performance, PerformanceQuery, RankedRow, Unit, Who};
use crate::{
    Actor, Engine,
    audit::{self, Deed},
    export::refused,
};

impl Engine {
    /// Writes the ranking as delimited text; who may export what is measured may export what it comes to.
    #[boxed]
    pub async fn export_performance(&self, actor: &Actor, query: &PerformanceQuery, out: &Path) -> Result<Performance> {
        let ranking = self.performance(actor, query).await?;
        let object = &ranking.measure.object;
        if !actor.rights.object(object).is_some_and(|rights| rights.export) {
            let (zh, en) = (&ranking.measure.label.zh, &ranking.measure.label.en);
            return Err(Error::Forbidden(text!(
                "您没有导出{zh}的权限。请联系管理员。",
                "You may not export {en}. Ask your administrator."
            )));
        }
        let (heads, cells) = (heads(&ranking, actor.lang), cells(&ranking, actor.lang));
        let path: PathBuf = out.to_owned();
        let written = zhike_jobs::blocking(move || {
            let folder = path.parent().unwrap_or(&path).to_owned();
            let mut table = TableWriter::create(OutFormat::Csv(CsvOptions::default()), &path, &folder)?;
            table.begin(&heads)?;
            for row in &cells {
                table.row(row)?;
            }
            table.finish()
        });
        written.await?.map_err(refused)?;
        let mut after = serde_json::Map::new();
        after.insert("rows".to_owned(), json!(ranking.rows.len()));
        after.insert("measure".to_owned(), json!(ranking.measure.name));
        after.insert("period".to_owned(), json!(ranking.period.code()));
        let deed = Deed { after: Some(after), ..Deed::about("export", object) };
        let mut tx = self.0.db.begin().await?;
        audit::record(&mut tx, actor, self.now(), vec![deed]).await?;
        tx.commit().await?;
        Ok(ranking)
    }
}

fn heads(ranking: &Performance, lang: Lang) -> Vec<OutColumn> {
    let words = [
        ("名次", "Place"),
        ("姓名", "Name"),
        ("部门", "Department"),
        ("完成", "Actual"),
        ("目标", "Target"),
        ("完成率 %", "Achievement %"),
        ("上期", "Period before"),
        ("环比 %", "Change %"),
        ("去年同期", "Year before"),
        ("同比 %", "Change over the year %"),
        ("记录数", "Records"),
    ];
    let unit = match ranking.measure.unit {
        Unit::Money(currency) => format!(" ({})", currency.code()),
        Unit::Number { .. } => String::new(),
    };
    words
        .into_iter()
        .enumerate()
        .map(|(i, (zh, en))| {
            let word = if lang == Lang::Zh { zh } else { en };
            OutColumn::new(if [3, 4, 6, 8].contains(&i) { format!("{word}{unit}") } else { word.to_owned() })
        })
        .collect()
}

fn cells(ranking: &Performance, lang: Lang) -> Vec<Vec<OutCell>> {
    let scale = match ranking.measure.unit {
        Unit::Money(currency) => currency.scale(),
        Unit::Number { scale } => scale,
    };
    let figure = |scaled: i64| OutCell::Decimal { scaled, scale: u8::try_from(scale).unwrap_or_default() };
    let share = |tenths: Option<i64>| tenths.map_or(OutCell::Empty, |scaled| OutCell::Decimal { scaled, scale: 1 });
    let row = |row: &RankedRow| {
        let (name, department) = named(&row.who, lang);
        vec![
            row.place.map_or(OutCell::Empty, |place| OutCell::Integer(place as i64)),
            OutCell::Text(name),
            OutCell::Text(department),
            figure(row.actual),
            row.target.map_or(OutCell::Empty, figure),
            share(row.achievement),
            figure(row.before),
            share(row.change),
            figure(row.year_before),
            share(row.year_change),
            OutCell::Integer(row.records),
        ]
    };
    ranking.rows.iter().chain([&ranking.total]).map(row).collect()
}

fn named(who: &Who, lang: Lang) -> (String, String) {
    let word = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    match who {
        Who::Person { name, department, .. } => (name.clone(), department.clone().unwrap_or_default()),
        Who::Department { name, .. } => (name.clone(), String::new()),
        Who::Direct { name, .. } => (format!("{name}{}", word("（直属）", " (directly)")), String::new()),
        Who::Nobody => (word("未归属", "Nobody's"), String::new()),
        Who::Everybody => (word("合计", "Total"), String::new()),
    }
}
