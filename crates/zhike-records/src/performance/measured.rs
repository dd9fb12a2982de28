//! What was brought in, by person and period: two statements. One sums everything to whom it is credited, in the database; the other
//! brings what is shared out, record by record, for a cent is not to be lost: it is taken from the one and given to the others.

use std::collections::{BTreeMap, HashMap, HashSet};

use zhike_db::{Sql, Tx};
use zhike_model::{Field, FieldKind, Measure, Model, Object, Parts};
use zhike_types::{Currency, Error, Result, Uuid};

use super::{people::Sight, period::Period, rules::shares};
use crate::{
    Actor, Engine,
    access::{self, Need, Reach},
};

/// What one person has in one period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figure {
    pub sum: i64,
    pub records: i64,
}

/// By person (none: credited to nobody), currency and period, the number of the period in the list that was asked for.
pub(crate) type Figures = BTreeMap<(Option<Uuid>, Option<Currency>, usize), Figure>;

/// Reads the figures of periods that follow each other.
pub(crate) async fn figures(
    tx: &mut Tx,
    engine: &Engine,
    model: &Model,
    actor: &Actor,
    (object, measure): (&Object, &Measure),
    periods: &[Period],
    product: Option<Uuid>,
) -> Result<Figures> {
    let reading = Reading::of(engine, model, actor, object, measure, periods, product)?;
    let mut figures = Figures::new();
    for row in tx.rows(reading.whole()).await? {
        let key = (row.id(0)?, currency(row.text(2)?), place(row.must_int(1)?));
        let figure = figures.entry(key).or_default();
        figure.records += row.must_int(4)?;
        figure.sum = if reading.sum.is_some() { add(figure.sum, row.must_int(3)?)? } else { figure.records };
    }
    let Some(parted) = reading.parted() else { return Ok(figures) };
    let mut at: Option<Parted> = None;
    for row in tx.rows(parted).await? {
        let id = row.must_id(0)?;
        if at.as_ref().is_none_or(|record| record.id != id) {
            if let Some(record) = at.take() {
                record.credit(&mut figures)?;
            }
            let (place, currency, amount) = (place(row.must_int(1)?), currency(row.text(2)?), row.must_int(3)?);
            let owner = row.id(6)?;
            if reading.own.is_none_or(|me| owner == Some(me)) {
                let figure = figures.entry((owner, currency, place)).or_default();
                figure.sum = add(figure.sum, -amount)?;
                figure.records -= 1;
            }
            at = Some(Parted { id, place, currency, amount, people: Vec::new() });
        }
        if let Some(record) = &mut at {
            record.people.push((row.must_id(4)?, row.must_int(5)?));
        }
    }
    if let Some(record) = at {
        record.credit(&mut figures)?;
    }
    figures.retain(|_, figure| *figure != Figure::default());
    Ok(figures)
}

fn place(bucket: i64) -> usize {
    usize::try_from(bucket).unwrap_or_default()
}

fn currency(code: Option<String>) -> Option<Currency> {
    code.and_then(|code| Currency::parse(&code))
}

fn add(a: i64, b: i64) -> Result<i64> {
    a.checked_add(b).ok_or_else(|| Error::internal("a sum beyond 64 bits"))
}

/// A record whose amount several people share.
struct Parted {
    id: Uuid,
    place: usize,
    currency: Option<Currency>,
    amount: i64,
    people: Vec<(Uuid, i64)>,
}

impl Parted {
    fn credit(self, figures: &mut Figures) -> Result<()> {
        let weights: Vec<i64> = self.people.iter().map(|(_, share)| *share).collect();
        let mut met: HashSet<Uuid> = HashSet::new();
        for ((person, _), part) in self.people.iter().zip(shares(self.amount, &weights)) {
            let figure = figures.entry((Some(*person), self.currency, self.place)).or_default();
            figure.sum = add(figure.sum, part)?;
            // two shares of one person are one record
            figure.records += i64::from(met.insert(*person));
        }
        Ok(())
    }
}

/// The statements being written.
struct Reading<'a> {
    model: &'a Model,
    actor: &'a Actor,
    object: &'a Object,
    sum: Option<&'a Field>,
    parts: Option<Parts<'a>>,
    /// Who is told of themselves alone.
    own: Option<Uuid>,
    joins: Joins,
    /// The columns, with their aliases.
    credit: String,
    parted_at: String,
    bucket: Sql,
    condition: Sql,
}

impl<'a> Reading<'a> {
    fn of(
        engine: &Engine,
        model: &'a Model,
        actor: &'a Actor,
        object: &'a Object,
        measure: &Measure,
        periods: &[Period],
        product: Option<Uuid>,
    ) -> Result<Self> {
        let mut joins = Joins::default();
        let mut reach = |path: &str| {
            let reached = model.reach(object, path).ok_or(Error::NotFound)?;
            let alias = joins.follow(model, actor, &reached.steps);
            Ok::<_, Error>((alias, reached.field))
        };
        let (at_alias, at) = reach(&measure.at)?;
        let (credit_alias, credit) = reach(&measure.credit)?;
        let product = match (product, &measure.product) {
            (None, _) => None,
            (Some(id), Some(path)) => Some((reach(path)?, id)),
            (Some(_), None) => return Err(super::targets::no_product()),
        };
        let parts = match &measure.splits {
            None => None,
            Some(path) => Some(model.parts(object, path).ok_or(Error::NotFound)?),
        };
        let parted_at = parts.as_ref().map_or_else(String::new, |parts| joins.follow(model, actor, &parts.steps));

        let column = |alias: &str, field: &Field| format!("{alias}.\"{}\"", field.column());
        let at = (column(&at_alias, at), matches!(at.kind.value_kind(), FieldKind::DateTime));
        let begins = |day: i64| if at.1 { engine.zone().start_of_day(day) } else { day };
        let (from, until) = (
            periods.first().map_or(0, |period| begins(period.days().0)),
            periods.last().map_or(0, |period| begins(period.days().1)),
        );
        let mut condition = Sql::new("t.deleted_at IS NULL AND ");
        access::predicate(model, object, actor, Need::Read, "t", &mut condition);
        if let Some(filter) = engine.filter(model, object, actor, &measure.filter)? {
            condition.push(" AND ").append(&filter);
        }
        condition.push(" AND ").push(&at.0).push(" >= ").bind(from);
        condition.push(" AND ").push(&at.0).push(" < ").bind(until);
        if let Some(((alias, field), id)) = product {
            condition.push(" AND ").column(&alias, &field.column()).push(" = ").bind(id);
        }
        // the latest first: most rows are asked once
        let mut bucket = Sql::new("CAST(CASE");
        for (i, period) in periods.iter().enumerate().skip(1).rev() {
            bucket.push(" WHEN ").push(&at.0).push(&format!(" >= {} THEN {i}", begins(period.days().0)));
        }
        bucket.push(if periods.len() > 1 { " ELSE 0 END AS BIGINT)" } else { " WHEN 1 = 1 THEN 0 END AS BIGINT)" });
        Ok(Self {
            model,
            actor,
            object,
            sum: measure.sum.as_deref().and_then(|name| object.field(name)),
            parts,
            own: actor.user_id.filter(|_| Sight::of(actor, object) == Sight::Own),
            joins,
            credit: column(&credit_alias, credit),
            parted_at,
            bucket,
            condition,
        })
    }

    fn currency(&self, sql: &mut Sql) {
        match self.sum.map(|field| (field.kind.value_kind(), field.second_column())) {
            Some((FieldKind::Money { currency }, Some(column))) => {
                sql.push("COALESCE(").column("t", &column).push(&format!(", '{}')", currency.code()));
            }
            _ => {
                sql.push("CAST(NULL AS TEXT)");
            }
        }
    }

    fn from(&self, sql: &mut Sql) {
        sql.push(" FROM ").name(&self.object.name).push(" t").append(&self.joins.sql);
    }

    /// Everything, as if nothing was shared out.
    fn whole(&self) -> Sql {
        let mut sql = Sql::new("SELECT ");
        sql.push(&self.credit).push(", ").append(&self.bucket).push(", ");
        self.currency(&mut sql);
        match self.sum {
            Some(field) => sql.push(", CAST(COALESCE(SUM(").column("t", &field.column()).push("), 0) AS BIGINT)"),
            None => sql.push(", CAST(0 AS BIGINT)"),
        };
        sql.push(", COUNT(*)");
        self.from(&mut sql);
        sql.push(" WHERE ").append(&self.condition);
        if let Some(me) = self.own {
            // one's own are found by their owner
            sql.push(" AND ").push(&self.credit).push(" = ").bind(me);
        }
        sql.push(" GROUP BY 1, 2, 3");
        sql
    }

    /// What several people share, a row for each of them.
    fn parted(&self) -> Option<Sql> {
        let (parts, field) = (self.parts.as_ref()?, self.sum?);
        let mut sql = Sql::new("SELECT t.id, ");
        sql.append(&self.bucket).push(", ");
        self.currency(&mut sql);
        sql.push(", COALESCE(").column("t", &field.column()).push(", 0), ").column("s", &parts.person.column());
        sql.push(", ").column("s", &parts.share.column()).push(", ").push(&self.credit);
        self.from(&mut sql);
        sql.push(" JOIN ").name(&parts.object.name).push(" s ON ");
        self.part(parts, &mut sql);
        sql.push(" WHERE ").append(&self.condition);
        sql.push(" ORDER BY t.id, s.seq");
        Some(sql)
    }

    /// The condition that `s` is a share of the record.
    fn part(&self, parts: &Parts<'_>, sql: &mut Sql) {
        let reference = format!("{}_id", parts.relation.field);
        sql.column("s", &reference).push(" = ").column(&self.parted_at, "id").push(" AND s.deleted_at IS NULL AND ");
        sql.column("s", &parts.share.column()).push(" > 0 AND ").column("s", &parts.person.column());
        sql.push(" IS NOT NULL");
        if access::reach(parts.object, self.actor, Need::Read) != Reach::All {
            sql.push(" AND ");
            access::predicate(self.model, parts.object, self.actor, Need::Read, "s", sql);
        }
    }
}

/// References followed, each once. What the actor may not see is not there, as in a filter.
#[derive(Default)]
struct Joins {
    sql: Sql,
    aliases: HashMap<String, String>,
}

impl Joins {
    fn follow(&mut self, model: &Model, actor: &Actor, steps: &[(&Field, &std::sync::Arc<Object>)]) -> String {
        let (mut alias, mut path) = ("t".to_owned(), String::new());
        for (field, target) in steps {
            path = format!("{path}.{}", field.name);
            if let Some(known) = self.aliases.get(&path) {
                alias.clone_from(known);
                continue;
            }
            let next = format!("j{}", self.aliases.len());
            self.sql.push(" LEFT JOIN ").name(&target.name).push(" ").push(&next).push(" ON ");
            self.sql.column(&next, "id").push(" = ").column(&alias, &field.column());
            if access::reach(target, actor, Need::Read) != Reach::All {
                self.sql.push(" AND ");
                access::predicate(model, target, actor, Need::Read, &next, &mut self.sql);
            }
            self.aliases.insert(path.clone(), next.clone());
            alias = next;
        }
        alias
    }
}
