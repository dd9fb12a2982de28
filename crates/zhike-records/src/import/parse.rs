//! From a row's cells to values. Everything wrong with a row is found at once, in words that name the column and say what to do.

use std::{cell::RefCell, collections::HashMap};

use zhike_model::{Field, FieldKind, Object, Role};
use zhike_sheets::{Cell, Row, unguard};
use zhike_text::{phone, tidy};
use zhike_types::{Result, Uuid, Value, Zone, days_of, text};

use super::{
    likeness::RowFace,
    names::Names,
    plan::{ImportPlan, Reason},
    target::{Side, Targets},
};
use crate::{Given, validate};

/// A reference to a record that is to be found by name.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub column: usize,
    pub side: Side,
    pub field: usize,
    pub text: String,
}

/// A row understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub number: u64,
    /// (field, value) of what is filled.
    pub root: Vec<(usize, Value)>,
    pub child: Vec<(usize, Value)>,
    pub named: Vec<Named>,
    pub reasons: Vec<Reason>,
    pub face: RowFace,
}

impl Line {
    pub fn get(&self, side: Side, field: usize) -> Option<&Value> {
        self.side(side).iter().find(|(known, _)| *known == field).map(|(_, value)| value)
    }

    pub fn side(&self, side: Side) -> &[(usize, Value)] {
        if side == Side::Root { &self.root } else { &self.child }
    }

    pub fn put(&mut self, side: Side, field: usize, value: Value) {
        if side == Side::Root { &mut self.root } else { &mut self.child }.push((field, value));
    }
}

/// A column that is read.
#[derive(Debug, Clone)]
struct Slot {
    column: usize,
    label: String,
    side: Side,
    field: usize,
}

/// What every row is read with.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    targets: Targets,
    slots: Vec<Slot>,
    names: Names,
    zone: Zone,
    /// Delimited text may be an export of ours, guarded.
    guarded: bool,
    /// The field that keeps the name of a salesperson who has left.
    former_owner: Option<usize>,
    /// The kind of a customer who is a person, where no column says the kind.
    person: Option<(usize, Value)>,
    /// Divisions by how they are written: a list has few, and each takes many comparisons.
    regions: RefCell<HashMap<String, Value>>,
}

/// So many ways to write divisions are remembered.
const REGIONS: usize = 10_000;

impl Reader {
    pub fn new(targets: &Targets, plan: &ImportPlan, names: Names, zone: Zone, guarded: bool) -> Result<Self> {
        let mut slots: Vec<Slot> = Vec::new();
        for (column, planned) in plan.columns.iter().enumerate() {
            let Some(name) = &planned.target else { continue };
            let Some(target) = targets.get(name) else { return Err(super::unknown_target(&planned.label, name)) };
            slots.push(Slot { column, label: planned.label.clone(), side: target.side, field: target.field });
        }
        let maps = |side: Side, field: usize| slots.iter().any(|slot| slot.side == side && slot.field == field);
        let root = &targets.root;
        let former_owner = root.index_of("former_owner").filter(|&field| !maps(Side::Root, field));
        let person = root
            .index_of("kind")
            .filter(|&field| !maps(Side::Root, field) && !slots.iter().any(|slot| slot.side == Side::Child));
        let person = person
            .filter(|&field| root.fields[field].option("person").is_some())
            .map(|field| (field, Value::from("person")));
        let regions = RefCell::default();
        Ok(Self { targets: targets.clone(), slots, names, zone, guarded, former_owner, person, regions })
    }

    /// Understands a row.
    pub fn read(&self, row: &Row) -> Line {
        let mut line = Line { number: row.number, ..Line::default() };
        for slot in &self.slots {
            let Some(cell) = row.cells.get(slot.column).filter(|cell| !cell.is_blank()) else { continue };
            self.cell(slot, cell, &mut line);
        }
        self.settle(&mut line);
        line
    }

    fn cell(&self, slot: &Slot, cell: &Cell, line: &mut Line) {
        let object = self.targets.object(slot.side);
        let field = &object.fields[slot.field];
        if let Some(value) = serial(field, cell, &self.zone) {
            line.put(slot.side, slot.field, value);
            return;
        }
        let text = cell.text();
        let text = if self.guarded { unguard(&text) } else { &text };
        let has_words = matches!(field.kind, FieldKind::Select { .. } | FieldKind::MultiSelect { .. });
        if is_nothing(cell, text, has_words) {
            return;
        }
        match &field.kind {
            FieldKind::Reference { object: to, .. } => self.reference(slot, field, to, text, line),
            FieldKind::Phone => self.phones(slot, field, text, line),
            FieldKind::Email => self.emails(slot, field, text, line),
            FieldKind::Region => self.region(slot, field, text, line),
            _ => self.plain(slot, field, text, line),
        }
    }

    fn plain(&self, slot: &Slot, field: &Field, text: &str, line: &mut Line) {
        match validate::parse(field, &Given::Text(text.to_owned()), &self.zone) {
            Ok(Value::Null) => {}
            Ok(value) => line.put(slot.side, slot.field, value),
            Err(error) => line.reasons.push(wrong(slot, text, &error.message)),
        }
    }

    fn region(&self, slot: &Slot, field: &Field, text: &str, line: &mut Line) {
        let known = self.regions.borrow().get(text).cloned();
        if let Some(value) = known {
            return line.put(slot.side, slot.field, value);
        }
        // another column may have filled the field before
        let before = line.side(slot.side).len();
        self.plain(slot, field, text, line);
        let mut regions = self.regions.borrow_mut();
        if let Some((_, value)) = line.side(slot.side).get(before).filter(|_| regions.len() < REGIONS) {
            regions.insert(text.to_owned(), value.clone());
        }
    }

    /// Several numbers in a cell: the first is the field's, the others go where numbers may still stand.
    fn phones(&self, slot: &Slot, field: &Field, text: &str, line: &mut Line) {
        let numbers = phone::split(text);
        if numbers.len() < 2 {
            return self.plain(slot, field, text, line);
        }
        let (good, bad): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|one| phone::parse(one).is_ok());
        let Some((first, rest)) = good.split_first() else { return self.plain(slot, field, text, line) };
        self.plain(slot, field, first, line);
        let object = self.targets.object(slot.side);
        for other in rest {
            let free = object.fields.iter().enumerate().find(|(i, field)| {
                let mapped = self.slots.iter().any(|slot_| slot_.side == slot.side && slot_.field == *i);
                field.kind == FieldKind::Phone
                    && !mapped
                    && line.get(slot.side, *i).is_none()
                    && self.targets.at(slot.side, *i).is_some()
            });
            match (free, phone::parse(other)) {
                (Some((i, _)), Ok(number)) => line.put(slot.side, i, Value::Text(number.text())),
                _ => self.remark(slot, other, line),
            }
        }
        for other in bad {
            self.remark(slot, other, line);
        }
    }

    fn emails(&self, slot: &Slot, field: &Field, text: &str, line: &mut Line) {
        let mut parts =
            text.split([';', '；', ',', '，', '、', '/', '|', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let Some(first) = parts.next() else { return };
        self.plain(slot, field, first, line);
        for other in parts {
            self.remark(slot, other, line);
        }
    }

    /// What finds no place of its own is kept in the remark.
    fn remark(&self, slot: &Slot, text: &str, line: &mut Line) {
        let object = self.targets.object(slot.side);
        let Some(at) = object.index_of("remark").filter(|&i| object.fields[i].kind == FieldKind::LongText) else {
            return;
        };
        let note = format!("{}：{}", slot.label, tidy(text));
        let values = if slot.side == Side::Root { &mut line.root } else { &mut line.child };
        match values.iter_mut().find(|(field, _)| *field == at) {
            Some((_, Value::Text(known))) => {
                known.push('\n');
                known.push_str(&note);
            }
            _ => values.push((at, Value::Text(note))),
        }
    }

    fn reference(&self, slot: &Slot, field: &Field, to: &str, text: &str, line: &mut Line) {
        let text = tidy(text);
        let found = match to {
            "user" => self.names.user(&text),
            "department" => self.names.department(&text),
            _ => None,
        };
        let found =
            found.or_else(|| Uuid::parse_str(&text).ok().filter(|id| to != "user" || self.names.home.contains_key(id)));
        match (found, field.role) {
            (Some(id), _) if to == "user" || to == "department" => line.put(slot.side, slot.field, Value::Id(id)),
            // a salesperson who has left is no reason to refuse their customers
            (None, Some(Role::Owner)) => {
                if let Some(former) = self.former_owner.filter(|_| slot.side == Side::Root) {
                    let text = text.chars().take(60).collect::<String>();
                    line.put(Side::Root, former, Value::Text(text));
                }
            }
            (None, Some(Role::CreatedBy)) => {}
            (None, _) if to == "user" || to == "department" => {
                let (zh, en) = (&slot.label, &field.label.en);
                let text = text!(
                    "「{zh}」里的“{text}”不在系统中，请改成已有的名称，或先添加。",
                    "“{text}” in {en} is not known here. Use a known name, or add it first."
                );
                line.reasons.push(Reason { column: Some(slot.column), text });
            }
            _ => line.named.push(Named { column: slot.column, side: slot.side, field: slot.field, text }),
        }
    }

    /// What can only be said with all cells in hand.
    fn settle(&self, line: &mut Line) {
        let root = &self.targets.root;
        let title = root.index_of(&root.title);
        if let Some((kind, person)) = &self.person
            && let Some(Value::Text(name)) = title.and_then(|title| line.get(Side::Root, title))
            && zhike_text::surname::is_person_name(name)
        {
            line.put(Side::Root, *kind, person.clone());
        }
        self.person_himself(line);
        self.nameless_child(line);
        // a title that is a reference is looked up by its name later
        let named = |title| line.named.iter().any(|named| named.side == Side::Root && named.field == title);
        let counted = matches!(root.title_field().kind, FieldKind::AutoNumber { .. });
        let missing = !counted && title.is_none_or(|title| line.get(Side::Root, title).is_none() && !named(title));
        if missing && line.reasons.is_empty() {
            let name = root.title_field();
            let (zh, en) = (self.label(Side::Root, title, &name.label.zh), &name.label.en);
            line.reasons.push(Reason {
                column: self.column(Side::Root, title),
                text: text!("缺少「{zh}」，请填写。", "{en} is missing. Fill it in."),
            });
        }
    }

    fn label<'l>(&'l self, side: Side, field: Option<usize>, otherwise: &'l str) -> &'l str {
        self.slots
            .iter()
            .find(|slot| slot.side == side && Some(slot.field) == field)
            .map_or(otherwise, |slot| slot.label.as_str())
    }

    fn column(&self, side: Side, field: Option<usize>) -> Option<usize> {
        self.slots.iter().find(|slot| slot.side == side && Some(slot.field) == field).map(|slot| slot.column)
    }

    /// A customer who is a person has the numbers that stand beside the name.
    fn person_himself(&self, line: &mut Line) {
        let Some((child, _)) = &self.targets.child else { return };
        let root = &self.targets.root;
        let is_person = root.index_of("kind").and_then(|kind| line.get(Side::Root, kind)).and_then(Value::as_text)
            == Some("person");
        if !is_person || line.child.is_empty() {
            return;
        }
        for (field, value) in line.child.clone() {
            let declared = &child.fields[field];
            if !matches!(declared.kind, FieldKind::Phone | FieldKind::Email | FieldKind::IdNumber | FieldKind::Date) {
                continue;
            }
            let twin = root.index_of(&declared.name).filter(|&twin| root.fields[twin].kind == declared.kind);
            if let Some(twin) = twin.filter(|&twin| line.get(Side::Root, twin).is_none()) {
                line.put(Side::Root, twin, value);
            }
        }
        let name = |object: &Object, side: Side| {
            object
                .index_of(&object.title)
                .and_then(|title| line.get(side, title))
                .and_then(Value::as_text)
                .map(str::to_owned)
        };
        let (himself, other) = (name(root, Side::Root), name(child, Side::Child));
        if other.is_none() || other == himself {
            line.child.clear();
        }
    }

    /// A number or address of somebody whose name nobody wrote down is still worth keeping.
    fn nameless_child(&self, line: &mut Line) {
        let Some((child, _)) = &self.targets.child else { return };
        let Some(title) = child.index_of(&child.title) else { return };
        if line.child.is_empty() || line.get(Side::Child, title).is_some() {
            return;
        }
        let reachable = line
            .child
            .iter()
            .any(|(field, _)| matches!(child.fields[*field].kind, FieldKind::Phone | FieldKind::Email));
        if reachable {
            line.put(Side::Child, title, Value::from(NAMELESS));
        } else {
            // a title or remark of nobody
            line.child.clear();
        }
    }
}

/// The name of a person whose name is not known.
pub(crate) const NAMELESS: &str = "（未留姓名）";

/// A date that the spreadsheet keeps as a number.
fn serial(field: &Field, cell: &Cell, zone: &Zone) -> Option<Value> {
    let civil = match cell {
        Cell::DateTime(serial) if serial.has_date => serial.civil()?,
        Cell::Number(number) => {
            zhike_text::date::excel_serial(*number).filter(|at| (1950..=2100).contains(&at.year()))?
        }
        _ => return None,
    };
    match field.kind {
        FieldKind::Date => Some(Value::Int(days_of(civil.date()))),
        FieldKind::DateTime => Some(Value::Int(zone.instant(civil))),
        _ => None,
    }
}

/// What people write into a cell that has no value. Where one chooses among words, `未知` may be one of them.
fn is_nothing(cell: &Cell, text: &str, has_words: bool) -> bool {
    let text = text.trim();
    let word = || {
        matches!(
            text,
            "无" | "暂无" | "没有" | "未知" | "不详" | "NULL" | "null" | "N/A" | "n/a" | "#N/A" | "none" | "None"
        )
    };
    matches!(cell, Cell::Error(_))
        || matches!(text, "" | "-" | "--" | "---" | "—" | "——" | "/" | "\\")
        || (!has_words && word())
}

fn wrong(slot: &Slot, given: &str, message: &zhike_types::Text) -> Reason {
    let label = &slot.label;
    let short: String = tidy(given).chars().take(40).collect();
    let (zh, en) = (message.zh.trim_end_matches('。'), message.en.trim_end_matches('.'));
    Reason {
        column: Some(slot.column),
        text: text!("「{label}」填的是“{short}”：{zh}。", "{label} is “{short}”: {en}."),
    }
}
