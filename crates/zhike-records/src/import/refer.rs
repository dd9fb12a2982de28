//! Which records a list refers to: by their number, a unique value such as a product's code, or what they are called. Some queries for
//! thousands of rows. What is not there is never made, and a record that the actor may not see is not there.

use std::collections::{HashMap, HashSet};

use zhike_db::{Arg, Sql, Tx};
use zhike_model::{Field, FieldKind, Object};
use zhike_types::{Result, Text, Uuid, Value, text};

use super::{
    lookup,
    parse::{Line, Named},
    plan::Reason,
    work::Work,
};
use crate::{
    FieldRight, Given,
    access::{self, Need},
    columns::{args_of, read_value},
    validate,
};

/// Arguments a query.
const AT_ONCE: usize = 1_000;

/// What a text may mean, of one object.
#[derive(Default)]
struct Meant {
    /// By number or unique value: at most one.
    exact: HashMap<String, Vec<Uuid>>,
    /// By the form of what it is called.
    called: HashMap<String, Vec<Uuid>>,
    /// Of records that share a name: what they refer to, by fields that the rows have too.
    beside: HashMap<Uuid, Vec<(String, Uuid)>>,
}

impl Meant {
    fn of(&self, object: &Object, text: &str) -> &[Uuid] {
        let exact = self.exact.get(text).filter(|ids| ids.len() == 1);
        exact.or_else(|| self.called.get(&lookup::name_form(object, text))).map_or(&[], Vec::as_slice)
    }
}

impl Work {
    /// Finds the records that rows refer to.
    pub(super) async fn resolve(&self, tx: &mut Tx, lines: &mut [Line]) -> Result<()> {
        let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        for named in lines.iter().flat_map(|line| &line.named) {
            let field = &self.targets.object(named.side).fields[named.field];
            if let FieldKind::Reference { object, .. } = &field.kind
                && seen.insert((object, &named.text))
            {
                wanted.entry(object.clone()).or_default().push(named.text.clone());
            }
        }
        let mut meant: HashMap<String, Meant> = HashMap::with_capacity(wanted.len());
        for (name, texts) in wanted {
            let found = self.meant(tx, &name, &texts).await?;
            meant.insert(name, found);
        }
        for line in lines {
            let (mut several, mut wrong) = (Vec::new(), Vec::new());
            for named in std::mem::take(&mut line.named) {
                match self.found(&meant, &named) {
                    [] => wrong.push(named),
                    [id] => line.put(named.side, named.field, Value::Id(*id)),
                    _ => several.push(named),
                }
            }
            // 首付款 of the contract that the row names, 王伟 of its customer
            for named in several {
                match self.narrowed(&meant, &named, line) {
                    Some(id) => line.put(named.side, named.field, Value::Id(id)),
                    None => wrong.push(named),
                }
            }
            for named in wrong {
                let text = self.unmet(&named, !self.found(&meant, &named).is_empty());
                line.reasons.push(Reason { column: Some(named.column), text });
            }
        }
        Ok(())
    }

    fn found<'m>(&self, meant: &'m HashMap<String, Meant>, named: &Named) -> &'m [Uuid] {
        let FieldKind::Reference { object, .. } = &self.targets.object(named.side).fields[named.field].kind else {
            return &[];
        };
        let object = self.model.object(object).zip(meant.get(object));
        object.map_or(&[], |(object, meant)| meant.of(object, &named.text))
    }

    /// The only one of several that refers to what the row refers to.
    fn narrowed(&self, meant: &HashMap<String, Meant>, named: &Named, line: &Line) -> Option<Uuid> {
        let from = self.targets.object(named.side);
        let FieldKind::Reference { object, .. } = &from.fields[named.field].kind else { return None };
        let beside = &meant.get(object)?.beside;
        let agrees = |id: &&Uuid| {
            let mut met = false;
            for (name, there) in beside.get(*id).into_iter().flatten() {
                match from.index_of(name).and_then(|field| line.get(named.side, field)?.as_id()) {
                    Some(here) if here == *there => met = true,
                    Some(_) => return false,
                    None => {}
                }
            }
            met
        };
        let mut left = self.found(meant, named).iter().filter(agrees);
        left.next().copied().filter(|_| left.next().is_none())
    }

    async fn meant(&self, tx: &mut Tx, name: &str, texts: &[String]) -> Result<Meant> {
        let mut meant = Meant::default();
        let Some(object) = self.model.object(name) else { return Ok(meant) };
        for (id, title) in lookup::by_name(tx, &self.model, &self.actor, object, texts).await? {
            meant.called.entry(lookup::name_form(object, &title)).or_default().push(id);
        }
        let ids = texts.iter().filter_map(|text| Some((text.clone(), Uuid::parse_str(text).ok()?)));
        let wanted: Vec<(String, Arg)> = ids.map(|(text, id)| (text, Arg::from(id))).collect();
        self.exactly(tx, object, None, wanted, &mut meant).await?;
        for field in self.telling(object) {
            let typed = |text: &String| {
                let value = validate::parse(field, &Given::Text(text.clone()), self.engine.zone()).ok()?;
                Some((text.clone(), args_of(field, &value).next()?)).filter(|_| !value.is_null())
            };
            let wanted = if matches!(field.kind, FieldKind::AutoNumber { .. }) {
                texts.iter().map(|text| (text.clone(), Arg::from(text.as_str()))).collect()
            } else {
                texts.iter().filter_map(typed).collect()
            };
            self.exactly(tx, object, Some(field), wanted, &mut meant).await?;
        }
        let shared: Vec<Uuid> = meant.called.values().filter(|ids| ids.len() > 1).flatten().copied().collect();
        self.beside(tx, object, &shared, &mut meant).await?;
        Ok(meant)
    }

    /// Fields that tell a record by themselves, and that the actor may read.
    fn telling<'o>(&self, object: &'o Object) -> impl Iterator<Item = &'o Field> {
        let may = |field: &&Field| self.actor.rights.field(&object.name, field) >= FieldRight::Read;
        let tells = |field: &&Field| matches!(field.kind, FieldKind::AutoNumber { .. }) || field.unique;
        let all: Vec<&Field> = object.fields.iter().filter(tells).filter(may).collect();
        all.into_iter()
    }

    /// Adds what has one of these values; without a field, these ids.
    async fn exactly(
        &self,
        tx: &mut Tx,
        object: &Object,
        field: Option<&Field>,
        wanted: Vec<(String, Arg)>,
        meant: &mut Meant,
    ) -> Result<()> {
        for chunk in wanted.chunks(AT_ONCE) {
            let column = field.map_or_else(|| "id".to_owned(), Field::column);
            let mut sql = Sql::new("SELECT t.id, ");
            sql.column("t", &column).push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND ");
            sql.column("t", &column).push(" IN (").list(chunk.iter().map(|(_, arg)| arg.clone())).push(") AND ");
            access::predicate(&self.model, object, &self.actor, Need::Read, "t", &mut sql);
            for row in tx.rows(sql).await? {
                let id = row.must_id(0)?;
                let value = match field {
                    Some(field) => args_of(field, &read_value(&row, 1, field)?).next(),
                    None => Some(Arg::from(id)),
                };
                for (text, _) in chunk.iter().filter(|(_, arg)| Some(arg) == value.as_ref()) {
                    let ids = meant.exact.entry(text.clone()).or_default();
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
            }
        }
        Ok(())
    }

    /// What records refer to by the references that the imported object has as well.
    async fn beside(&self, tx: &mut Tx, object: &Object, ids: &[Uuid], meant: &mut Meant) -> Result<()> {
        let target = |field: &Field| match &field.kind {
            FieldKind::Reference { object, .. } => Some(object.clone()),
            _ => None,
        };
        let root = &self.targets.root;
        let shared = |field: &&Field| {
            !field.system && target(field).is_some() && root.field(&field.name).and_then(target) == target(field)
        };
        let fields: Vec<&Field> = object.fields.iter().filter(shared).collect();
        if fields.is_empty() {
            return Ok(());
        }
        for chunk in ids.chunks(AT_ONCE) {
            let mut sql = Sql::new("SELECT t.id");
            for field in &fields {
                sql.push(", ").column("t", &field.column());
            }
            sql.push(" FROM ").name(&object.name).push(" t WHERE t.id IN (").list(chunk.iter().copied()).push(")");
            for row in tx.rows(sql).await? {
                let refers = meant.beside.entry(row.must_id(0)?).or_default();
                for (at, field) in fields.iter().enumerate() {
                    refers.extend(row.id(at + 1)?.map(|id| (field.name.clone(), id)));
                }
            }
        }
        Ok(())
    }

    /// Why a text names nothing, and what to do.
    fn unmet(&self, named: &Named, several: bool) -> Text {
        let declared = &self.targets.object(named.side).fields[named.field];
        let (label, label_en, given) = (&declared.label.zh, &declared.label.en, &named.text);
        let FieldKind::Reference { object, .. } = &declared.kind else { return declared.label.clone() };
        let Some(object) = self.model.object(object) else { return declared.label.clone() };
        let (kind, kind_en) = (&object.label.zh, object.label.en.to_lowercase());
        let title = object.title_field();
        let mut by: Vec<&Field> = self.telling(object).collect();
        if several {
            by.retain(|field| field.name != title.name);
            return match by.first() {
                Some(field) => {
                    let (other, other_en) = (&field.label.zh, field.label.en.to_lowercase());
                    text!(
                        "「{label}」：名为“{given}”的{kind}不止一个，请写全称，或改填「{other}」。",
                        "{label_en}: there are several {kind_en}s named “{given}”. Write the full name, or the {other_en}."
                    )
                }
                None => text!(
                    "「{label}」：名为“{given}”的{kind}不止一个，请写全称。",
                    "{label_en}: there are several {kind_en}s named “{given}”. Write the full name."
                ),
            };
        }
        if !title.kind.is_reference() && by.iter().all(|field| field.name != title.name) {
            by.insert(0, title);
        }
        let zh: Vec<&str> = by.iter().map(|field| field.label.zh.as_ref()).collect();
        let en: Vec<String> = by.iter().map(|field| field.label.en.to_lowercase()).collect();
        let (zh, en) = (zh.join("、"), en.join(", "));
        text!(
            "「{label}」：没有找到名为“{given}”的{kind}（按{zh}找）。请先导入或新建它，或改成已有的{kind}。",
            "{label_en}: there is no {kind_en} “{given}” (looked for by {en}). Make or import it first, or use a known one."
        )
    }
}
