//! A list written to a file: all its rows, page after page, as the actor sees them. What comes out can be imported again and gives
//! the same values: labels instead of keys, names instead of ids, numbers and dates as such.

use std::path::Path;

use serde_json::json;
use tokio::sync::mpsc;
use zhike_model::{Field, FieldKind, Object};
use zhike_sheets::{CsvOptions, OutCell, OutColumn, OutFormat, SheetError, TableWriter, XlsxOptions};
use zhike_types::{Error, Lang, Result, Text, Value, boxed, date_of, text};

use crate::{
    Actor, Engine, FieldState, ListQuery, Record, access,
    audit::{self, Deed},
    list::{LIMIT_MAX, unknown_field},
    show::show_value,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Xlsx,
}

/// Pages that are read before they are written.
const AHEAD: usize = 2;

impl Engine {
    /// Writes all rows of a filtered list to a file, streaming; no fields means the default view's. `progress` hears how many
    /// rows are written.
    #[boxed]
    pub async fn export(
        &self,
        actor: &Actor,
        query: &ListQuery,
        format: ExportFormat,
        out: &Path,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<u64> {
        let model = self.model();
        let object = access::object_for(&model, actor, &query.object)?;
        if !actor.rights.object(&object.name).is_some_and(|rights| rights.export) {
            let (zh, en) = (&object.label.zh, object.plural.en.to_lowercase());
            return Err(Error::Forbidden(text!(
                "您没有导出{zh}的权限。请联系管理员。",
                "You may not export {en}. Ask your administrator."
            )));
        }
        let columns = self.export_columns(actor, object, query)?;
        let names: Vec<String> = columns.iter().map(|&i| object.fields[i].name.clone()).collect();
        let mut page = ListQuery { fields: Some(names.clone()), limit: LIMIT_MAX, after: None, ..query.clone() };

        let (sender, receiver) = mpsc::channel::<Vec<Vec<OutCell>>>(AHEAD);
        let heads = heads(object, &columns, actor.lang);
        let options = match format {
            ExportFormat::Csv => OutFormat::Csv(CsvOptions::default()),
            ExportFormat::Xlsx => OutFormat::Xlsx(XlsxOptions::named(object.plural.get(actor.lang))),
        };
        let path = out.to_owned();
        let writer = zhike_jobs::blocking(move || write(options, &path, &heads, receiver));
        let mut rows = 0;
        loop {
            let found = self.list(actor, &page).await?;
            rows += found.records.len() as u64;
            let cells = found
                .records
                .iter()
                .map(|record| columns.iter().map(|&i| self.out_cell(record, i, actor.lang)).collect())
                .collect();
            if sender.send(cells).await.is_err() {
                // the writer has failed and says why below
                break;
            }
            progress(rows);
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        drop(sender);
        writer.await??;

        let mut after = serde_json::Map::new();
        after.insert("rows".to_owned(), json!(rows));
        after.insert("filter".to_owned(), json!(query.filter));
        after.insert("fields".to_owned(), json!(names));
        let deed = Deed { after: Some(after), ..Deed::about("export", &object.name) };
        let mut tx = self.0.db.begin().await?;
        audit::record(&mut tx, actor, self.now(), vec![deed]).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// The fields wanted, as far as the actor may see them.
    fn export_columns(&self, actor: &Actor, object: &Object, query: &ListQuery) -> Result<Vec<usize>> {
        let states = self.field_states(actor, object);
        let wanted: &[String] = match &query.fields {
            Some(fields) if !fields.is_empty() => fields,
            _ => &object.default_view().columns,
        };
        let mut columns = Vec::new();
        for name in wanted {
            let index = object.index_of(name).ok_or_else(|| unknown_field("fields", name))?;
            if states[index] != FieldState::Hidden && !columns.contains(&index) {
                columns.push(index);
            }
        }
        Ok(columns)
    }

    fn out_cell(&self, record: &Record, index: usize, lang: Lang) -> OutCell {
        let field = &record.object.fields[index];
        let value = &record.values[index];
        if matches!(record.states[index], FieldState::Masked) {
            return value.as_text().map_or(OutCell::Empty, |text| OutCell::Text(text.to_owned()));
        }
        match (field.kind.value_kind(), value) {
            (_, Value::Null) => OutCell::Empty,
            (FieldKind::Date, Value::Int(days)) => date_of(*days).map_or(OutCell::Empty, OutCell::Date),
            (FieldKind::DateTime, Value::Int(millis)) => OutCell::DateTime(self.zone().civil(*millis)),
            (FieldKind::Integer, Value::Int(int)) => OutCell::Integer(*int),
            (FieldKind::Decimal { scale } | FieldKind::Percent { scale }, Value::Int(scaled)) => {
                OutCell::Decimal { scaled: *scaled, scale: *scale as u8 }
            }
            // amounts of the field's own currency are numbers; another currency is said
            (FieldKind::Money { currency }, Value::Money(money)) if money.currency == *currency => {
                OutCell::Decimal { scaled: money.minor, scale: currency.scale() as u8 }
            }
            (FieldKind::Money { .. }, Value::Money(money)) => {
                OutCell::Text(format!("{} {}", money.plain(), money.currency.code()))
            }
            (FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::File | FieldKind::Image, _) => {
                record.reference(&field.name).map_or(OutCell::Empty, |(title, _)| OutCell::Text(title.text.clone()))
            }
            (_, Value::Real(real)) => OutCell::Number(*real),
            _ => OutCell::Text(show_value(field, value, lang, self.zone())),
        }
    }
}

fn heads(object: &Object, columns: &[usize], lang: Lang) -> Vec<OutColumn> {
    let mut heads: Vec<OutColumn> = Vec::new();
    for &i in columns {
        let field: &Field = &object.fields[i];
        let label = field.label.get(lang);
        let twice = heads.iter().any(|head| head.label == label);
        heads.push(OutColumn::new(if twice { format!("{label} ({})", field.name) } else { label.to_owned() }));
    }
    heads
}

fn write(
    options: OutFormat,
    path: &Path,
    heads: &[OutColumn],
    mut pages: mpsc::Receiver<Vec<Vec<OutCell>>>,
) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut writer = TableWriter::create(options, path, folder).map_err(refused)?;
    writer.begin(heads).map_err(refused)?;
    while let Some(page) = pages.blocking_recv() {
        for row in &page {
            writer.row(row).map_err(refused)?;
        }
    }
    writer.finish().map_err(refused).map(drop)
}

pub(crate) fn refused(error: SheetError) -> Error {
    match error {
        SheetError::Io(error) => Error::Unavailable(Text::new(
            format!("写不了文件：{error}"),
            format!("The file cannot be written: {error}"),
        )),
        error => Error::internal(error),
    }
}
