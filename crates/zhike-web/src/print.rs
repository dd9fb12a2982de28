//! Records as documents: what a pack's `[[print]]` names, filled with what the actor may see, laid out and written as PDF. The page
//! and the API give the same.

use std::{collections::HashMap, sync::OnceLock};

use rust_embed::RustEmbed;
use zhike_model::{Field, FieldKind, Object, Print, PrintBlock, PrintParty, SortKey, paths_in};
use zhike_print::{Block, Column, Document, Fonts, Party, Table};
use zhike_records::{Actor, Engine, FieldState, ListQuery, Record};
use zhike_text::capitals;
use zhike_types::{Currency, Error, Lang, Money, Result, Uuid, Value};

use crate::{
    rich,
    value::title_of,
    words::{Say, t},
};

/// More lines than this are no document for people.
const LINES_MOST: usize = 2_000;
const PAGE: usize = 200;
/// What is left open.
const OPEN: &str = "—";

#[derive(RustEmbed)]
#[folder = "../../web/fonts"]
#[allow_missing = true]
struct FontFiles;

fn fonts() -> Result<&'static Fonts> {
    static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
    let read = |name| match FontFiles::get(name)?.data {
        std::borrow::Cow::Borrowed(data) => Some(data),
        std::borrow::Cow::Owned(_) => None,
    };
    FONTS
        .get_or_init(|| Fonts::new(read("regular.ttf")?, read("bold.ttf")?))
        .as_ref()
        .ok_or_else(|| Error::internal("this binary was built without web/fonts: run `make web` and build again"))
}

/// A document, and the name of its file.
pub struct Printed {
    pub name: String,
    pub pdf: Vec<u8>,
}

/// Prints a record; on record who did.
///
/// # Errors
/// `NotFound` when the actor does not see the record, or it has no such document.
pub async fn print(engine: &Engine, actor: &Actor, object: &str, id: Uuid, name: &str) -> Result<Printed> {
    let record = engine.read(actor, object, id).await?;
    let print = record.object.prints.iter().find(|print| print.name == name).ok_or(Error::NotFound)?.clone();
    let filler = Filler::of(engine, actor, &record, &print).await?;
    let document = filler.document(&print).await?;
    let file = format!("{}-{}.pdf", print.label.get(actor.lang), document.title);
    let pdf = zhike_records::blocking(move || document.pdf(fonts()?)).await??;
    engine.note_print(actor, &record, name).await?;
    Ok(Printed { name: file.replace(['/', '\\'], "-"), pdf })
}

/// What fills the places of a document.
struct Filler<'a> {
    engine: &'a Engine,
    actor: &'a Actor,
    record: &'a Record,
    /// The records that references name, by the reference.
    others: HashMap<String, Record>,
}

impl<'a> Filler<'a> {
    async fn of(engine: &'a Engine, actor: &'a Actor, record: &'a Record, print: &Print) -> Result<Self> {
        let mut others = HashMap::new();
        let tables = print.blocks.iter().filter_map(|block| match block {
            PrintBlock::Table { relation, .. } => Some(relation.as_str()),
            _ => None,
        });
        let paths = print.blocks.iter().flat_map(PrintBlock::paths).chain(print.head.iter().map(String::as_str));
        let paths = paths.chain(tables);
        for reference in paths.filter_map(|path| path.split_once('.').map(|(reference, _)| reference)) {
            if others.contains_key(reference) {
                continue;
            }
            if let Some(other) = other(engine, actor, record, reference).await? {
                others.insert(reference.to_owned(), other);
            }
        }
        Ok(Self { engine, actor, record, others })
    }

    fn lang(&self) -> Lang {
        self.actor.lang
    }

    async fn document(&self, print: &Print) -> Result<Document> {
        let mut blocks = Vec::new();
        for block in &print.blocks {
            self.block(block, &mut blocks).await?;
        }
        let mut head = print.head.iter().map(|path| self.text(path).unwrap_or_default());
        Ok(Document {
            title: title_of(self.engine, self.record, self.lang()),
            lang: self.lang(),
            head: [head.next().unwrap_or_default(), head.next().unwrap_or_default()],
            blocks,
            made_at: self.engine.zone().civil(self.engine.now()),
        })
    }

    async fn block(&self, block: &PrintBlock, out: &mut Vec<Block>) -> Result<()> {
        let lang = self.lang();
        match block {
            PrintBlock::Title(text) => out.push(Block::Title(self.filled(text.get(lang)))),
            PrintBlock::Heading(text) => out.push(Block::Heading(self.filled(text.get(lang)))),
            PrintBlock::Text(text) => out.push(Block::Text(self.filled(text.get(lang)))),
            PrintBlock::Field(path) => {
                if let Some((label, text)) = self.fact(path).filter(|(_, text)| !text.is_empty()) {
                    out.extend([Block::Heading(label), Block::Text(text)]);
                }
            }
            PrintBlock::Facts(paths) => {
                let facts = paths.iter().filter_map(|path| self.fact(path));
                let colon = lang.t("：", ": ");
                let open = |(label, text): (String, String)| {
                    (format!("{label}{colon}"), if text.is_empty() { OPEN.to_owned() } else { text })
                };
                out.push(Block::Facts(facts.map(open).collect()));
            }
            PrintBlock::Table { relation, columns } => out.push(Block::Table(self.table(relation, columns).await?)),
            PrintBlock::Sums(paths) => {
                let sums = paths.iter().filter_map(|path| self.fact(path)).filter(|(_, text)| !text.is_empty());
                out.push(Block::Sums(sums.collect()));
            }
            PrintBlock::Capitals(path) => out.extend(self.capitals(path)),
            PrintBlock::Parties(parties) => {
                out.push(Block::Parties(parties.iter().map(|party| self.party(party)).collect()));
            }
        }
        Ok(())
    }

    /// The record and the field that a path leads to, as far as the actor sees it.
    fn at<'s>(&'s self, path: &'s str) -> Option<(&'s Record, &'s Field)> {
        let (record, name) = match path.split_once('.') {
            Some((reference, name)) => (self.others.get(reference)?, name),
            None => (self.record, path),
        };
        let field = record.object.field(name)?;
        (!matches!(record.state(name), FieldState::Hidden | FieldState::Unread)).then_some((record, field))
    }

    fn text(&self, path: &str) -> Option<String> {
        let (record, field) = self.at(path)?;
        Some(said(self.engine, record, field, self.lang()))
    }

    /// A label and a text; none where the actor does not see the field.
    fn fact(&self, path: &str) -> Option<(String, String)> {
        let label = match self.at(path) {
            Some((_, field)) => field.label.get(self.lang()).to_owned(),
            // what refers to nothing is left open
            None => self.open_label(path)?,
        };
        Some((label, self.text(path).unwrap_or_default()))
    }

    fn open_label(&self, path: &str) -> Option<String> {
        let (reference, name) = path.split_once('.')?;
        if self.others.contains_key(reference) {
            return None;
        }
        let model = self.engine.model();
        Some(model.object(self.named_by(reference)?)?.field(name)?.label.get(self.lang()).to_owned())
    }

    /// The object that a reference of the record names.
    fn named_by(&self, reference: &str) -> Option<&str> {
        match &self.record.object.field(reference)?.kind {
            FieldKind::Reference { object, .. } => Some(object),
            _ => None,
        }
    }

    /// A text with its places filled.
    fn filled(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for path in paths_in(text) {
            let value = self.text(path).filter(|value| !value.is_empty());
            out = out.replace(&format!("{{{path}}}"), value.as_deref().unwrap_or("______"));
        }
        out
    }

    fn party(&self, party: &PrintParty) -> Party {
        let lang = self.lang();
        let colon = lang.t("：", ": ");
        let facts = party.facts.iter().filter_map(|path| self.fact(path));
        Party {
            role: party.role.get(lang).to_owned(),
            facts: facts.map(|(label, text)| (format!("{label}{colon}"), text)).collect(),
            by_hand: party.by_hand.iter().map(|label| format!("{}{colon}", label.get(lang))).collect(),
        }
    }

    /// Capitals are for yuan, and in Chinese whatever the language is: they are what counts when figures and words differ.
    fn capitals(&self, path: &str) -> Option<Block> {
        let (record, field) = self.at(path)?;
        let Value::Money(Money { minor, currency: Currency::CNY }) = record.value(&field.name) else { return None };
        let (label, words) = (field.label.get(self.lang()), capitals(*minor));
        Some(Block::Text(t!(
            self.lang(),
            "{label}（人民币大写）：{words}",
            "{label} in capitals (人民币大写): {words}"
        )))
    }

    async fn table(&self, relation: &str, columns: &[String]) -> Result<Table> {
        let lang = self.lang();
        let empty = lang.t("（没有明细）", "(no lines)").to_owned();
        let model = self.engine.model();
        // of the record itself, or of one that it names
        let (of, above, relation) = match relation.split_once('.') {
            Some((reference, relation)) => (self.others.get(reference), self.named_by(reference), relation),
            None => (Some(self.record), Some(self.record.object.name.as_str()), relation),
        };
        let child = above
            .and_then(|above| model.relation(above, relation))
            .and_then(|relation| model.object(&relation.object))
            .ok_or(Error::NotFound)?;
        let states = self.engine.field_states(self.actor, child);
        let seen = |name: &&String| child.index_of(name).is_some_and(|i| states[i] != FieldState::Hidden);
        let names: Vec<String> = columns.iter().filter(seen).cloned().collect();
        let mut query = ListQuery {
            object: child.name.clone(),
            sort: vec![SortKey { field: "created_at".to_owned(), descending: false }],
            fields: Some(names.clone()),
            limit: PAGE,
            ..ListQuery::default()
        };
        let mut rows = Vec::new();
        while let Some(of) = of {
            let page = self.engine.related_of(self.actor, of, relation, &query).await?;
            for record in &page.records {
                let number = (rows.len() + 1).to_string();
                let cells = names.iter().filter_map(|name| child.field(name));
                rows.push(
                    std::iter::once(number).chain(cells.map(|field| said(self.engine, record, field, lang))).collect(),
                );
            }
            match page.next.filter(|_| rows.len() < LINES_MOST) {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        let number = Column { label: lang.t("序号", "No.").to_owned(), share: 0.9, right: false };
        let columns = names.iter().filter_map(|name| child.field(name)).map(|field| column(child, field, lang));
        Ok(Table { columns: std::iter::once(number).chain(columns).collect(), rows, empty })
    }
}

fn column(object: &Object, field: &Field, lang: Lang) -> Column {
    let share = match field.kind.value_kind() {
        _ if field.name == object.title => 3.0,
        FieldKind::LongText | FieldKind::Rich => 4.0,
        FieldKind::Text { .. } | FieldKind::Reference { .. } | FieldKind::AnyReference { .. } => 2.6,
        FieldKind::Money { .. } => 1.8,
        kind if kind.is_number() => 1.1,
        _ => 1.5,
    };
    Column { label: field.label.get(lang).to_owned(), share, right: field.kind.is_number() }
}

/// A field as it is read on paper; nothing where it is empty.
fn said(engine: &Engine, record: &Record, field: &Field, lang: Lang) -> String {
    if record.value(&field.name).is_null() {
        return String::new();
    }
    let text = engine.show(record, &field.name, lang);
    match field.kind.value_kind() {
        FieldKind::Rich => rich::plain(&text),
        FieldKind::Decimal { .. } | FieldKind::Percent { .. } => without_noughts(&text),
        _ => text,
    }
}

/// `1.000` is 1 on paper, `8.50%` is 8.5%.
fn without_noughts(text: &str) -> String {
    let (number, sign) = text.strip_suffix('%').map_or((text, ""), |number| (number, "%"));
    if !number.contains('.') {
        return text.to_owned();
    }
    format!("{}{sign}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// The record that a reference names. Where it names none: the one that its object says is the usual one (`is_default`).
async fn other(engine: &Engine, actor: &Actor, record: &Record, reference: &str) -> Result<Option<Record>> {
    let Some(FieldKind::Reference { object, .. }) = record.object.field(reference).map(|field| &field.kind) else {
        return Ok(None);
    };
    let found = match record.value(reference).as_id() {
        Some(id) => engine.read(actor, object, id).await,
        None => {
            let model = engine.model();
            if model.object(object).is_none_or(|object| object.field("is_default").is_none()) {
                return Ok(None);
            }
            let filter = "is_default".to_owned();
            let query = ListQuery { object: object.clone(), filter, limit: 1, ..ListQuery::default() };
            match engine.list(actor, &query).await {
                Ok(mut page) => match page.records.pop() {
                    Some(usual) => engine.read(actor, object, usual.id).await,
                    None => return Ok(None),
                },
                Err(error) => Err(error),
            }
        }
    };
    match found {
        Ok(record) => Ok(Some(record)),
        // what is not there for the actor is left open
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::without_noughts;

    #[test]
    fn numbers_on_paper_have_no_empty_places() {
        for (text, expected) in
            [("1.000", "1"), ("8.50%", "8.5%"), ("0.0%", "0%"), ("100", "100"), ("1,200.00", "1,200")]
        {
            assert_eq!(without_noughts(text), expected);
        }
    }
}
