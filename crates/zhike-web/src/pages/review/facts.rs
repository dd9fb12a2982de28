//! What is shown of records side by side: what tells who they are, whose they are, and what was done with them.

use zhike_model::{FieldKind, MatchRule, Object, Role};
use zhike_records::{FieldState, Record};
use zhike_types::{Lang, Value};

use super::compare::marked;
use crate::{
    session::Signed,
    ui::{Markup, escape},
    value::{Shower, shortened, stamp},
    words::Say,
};

/// The columns beside the name.
pub struct Facts(Vec<Fact>);

pub struct Fact {
    pub label: String,
    /// How wide it is, by a class of the styles.
    pub kind: &'static str,
    /// Its fields; several are shown one after the other.
    fields: Vec<String>,
}

/// A record's value of a fact.
pub struct Cell {
    pub label: String,
    pub kind: &'static str,
    pub html: Markup,
    /// It is not what the others have.
    pub differs: bool,
    pub empty: bool,
}

impl Facts {
    pub fn of(object: &Object, lang: Lang) -> Self {
        let label =
            |name: &String| object.field(name).map(|field| field.label.get(lang).to_owned()).unwrap_or_default();
        let ruled = |rules: &[MatchRule]| -> Vec<String> {
            let asked = object
                .fields
                .iter()
                .filter(|field| field.name != object.title && field.matching.is_some_and(|rule| rules.contains(&rule)));
            asked.map(|field| field.name.clone()).collect()
        };
        let role = |role: Role| object.role_index(role).map(|index| object.fields[index].name.clone());
        let known = |name: &str| object.field(name).map(|field| field.name.clone());
        let parent = object.access.parents().first().and_then(|field| known(field));
        let facts = [
            ("parent", parent.into_iter().collect(), None),
            ("phone", ruled(&[MatchRule::Phone]), Some(lang.t("电话", "Phone"))),
            ("code", ruled(&[MatchRule::CreditCode]), None),
            ("address", ruled(&[MatchRule::Region, MatchRule::Address]), Some(lang.t("地址", "Address"))),
            ("people", known("contact_count").into_iter().collect::<Vec<_>>(), Some(lang.t("联系人", "People"))),
            ("owner", role(Role::Owner).into_iter().collect(), None),
            ("day", known("last_follow_up_at").into_iter().collect(), Some(lang.t("最近跟进", "Followed up"))),
            ("day", role(Role::CreatedAt).into_iter().collect(), Some(lang.t("新建", "Made"))),
        ];
        let facts = facts.into_iter().filter(|(_, fields, _)| !fields.is_empty());
        Self(
            facts
                .map(|(kind, fields, word)| Fact {
                    label: word.map_or_else(|| label(&fields[0]), str::to_owned),
                    kind,
                    fields,
                })
                .collect(),
        )
    }

    pub fn heads(&self) -> &[Fact] {
        &self.0
    }

    /// The facts of each record, those in which it differs emphasised.
    pub fn rows(&self, signed: &Signed, records: &[Record]) -> Vec<Vec<Cell>> {
        let mut rows: Vec<Vec<Cell>> = records.iter().map(|_| Vec::new()).collect();
        for fact in &self.0 {
            let texts: Vec<String> = records.iter().map(|record| fact.text(signed, record)).collect();
            // whose it is, and what was done with it, may well differ
            let tells = !matches!(fact.kind, "people" | "owner" | "day");
            let differ = tells && texts.iter().any(|text| !text.is_empty() && *text != texts[0]);
            for (place, (row, text)) in rows.iter_mut().zip(&texts).enumerate() {
                row.push(Cell {
                    label: fact.label.clone(),
                    kind: fact.kind,
                    html: fact.html(signed, &records[place], text, other(&texts, place)),
                    differs: differ && !text.is_empty(),
                    empty: text.is_empty(),
                });
            }
        }
        rows
    }
}

/// The text that one is compared with: the first's; the first's own with the second's.
pub fn other(texts: &[String], place: usize) -> &str {
    texts.get(usize::from(place == 0)).map_or("", String::as_str)
}

impl Fact {
    fn text(&self, signed: &Signed, record: &Record) -> String {
        let engine = &signed.app.engine;
        let one = |name: &String| {
            let field = record.object.field(name)?;
            if record.value(name).is_null() {
                return None;
            }
            // the day will do
            if field.kind.value_kind() == &FieldKind::DateTime && record.state(name) != FieldState::Masked {
                let at = record.value(name).as_int()?;
                return Some(stamp(engine.zone(), at).chars().take(10).collect());
            }
            if let (true, Value::Int(0)) = (self.kind == "people", record.value(name)) {
                return None;
            }
            Some(engine.show(record, name, signed.lang())).filter(|text| !text.is_empty())
        };
        self.fields.iter().filter_map(one).collect::<Vec<_>>().join(" ")
    }

    fn html(&self, signed: &Signed, record: &Record, text: &str, other: &str) -> Markup {
        let masked = self.fields.iter().any(|name| record.state(name) == FieldState::Masked);
        match self.kind {
            _ if text.is_empty() => Markup(r#"<span class="none">—</span>"#.to_owned()),
            _ if masked => {
                let shower = Shower::cell(&signed.app.engine, signed.lang());
                let shown: Vec<String> = self.fields.iter().map(|name| shower.show(record, name).0).collect();
                Markup(shown.into_iter().filter(|html| !html.is_empty()).collect::<Vec<_>>().join(" "))
            }
            "phone" | "code" | "address" if !other.is_empty() => marked(&shortened(text, 80), &shortened(other, 80)),
            _ => Markup(escape(&shortened(text, 80))),
        }
    }
}
