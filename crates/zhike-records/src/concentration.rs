//! 客户集中度: which share of what is paid or signed comes from how few customers (80/20). The figures are worked out where the amounts lie: one
//! statement gives the curve, another who has which part of it.

use std::collections::HashMap;

use zhike_db::{Row, Sql};
use zhike_model::Object;
use zhike_types::{Error, Result, Text, Uuid, boxed};

use crate::{
    Actor, DepartmentChoice, Engine, FieldRight, Period,
    access::{self, Need},
    columns::summable,
    load::{select_titles, shown_title},
    performance::{People, Sight},
};

/// The columns of the index that it is read from: a customer's amounts lie together, and no row of the table is looked at.
pub(crate) fn index(object: &Object) -> Option<&'static str> {
    let fields: &[&str] = match object.name.as_str() {
        "payment" => &["account", "received_on", "amount"],
        "contract" => &["account", "signed_on", "amount", "status"],
        _ => return None,
    };
    let columns = match object.name.as_str() {
        "payment" => "account_id, received_on, amount_currency, amount, deleted_at",
        _ => "account_id, signed_on, status, amount_currency, amount, deleted_at",
    };
    fields.iter().all(|name| object.field(name).is_some()).then_some(columns)
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Payments received; refunds are taken off.
    Paid,
    /// Contracts signed, active or finished.
    Signed,
}

impl Basis {
    pub fn key(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Signed => "signed",
        }
    }

    /// The object, its day, and which records count.
    pub fn source(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Paid => ("payment", "received_on", ""),
            Self::Signed => ("contract", "signed_on", "status in [\"active\", \"finished\"]"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct ConcentrationQuery {
    pub basis: Basis,
    pub period: Period,
    /// Customers of a department and all below it.
    pub department: Option<Uuid>,
    /// Customers of one person.
    pub owner: Option<Uuid>,
    /// The table of parts goes by department, not by person.
    pub by_department: bool,
}

/// Amounts are in fen.
#[derive(Debug, Clone)]
pub struct Concentration {
    /// Customers that brought in anything.
    pub customers: i64,
    pub total: i64,
    /// So many customers, the largest first, have together so much: at most a hundred points.
    pub curve: Vec<(i64, i64)>,
    /// The fewest customers who have four fifths of the total.
    pub four_fifths: i64,
    /// What the largest fifth of the customers has.
    pub top_fifth: i64,
    /// The largest ones.
    pub top: Vec<TopCustomer>,
    pub parts: Vec<ConcentrationPart>,
    pub departments: Vec<DepartmentChoice>,
}

#[derive(Debug, Clone)]
pub struct TopCustomer {
    pub id: Uuid,
    pub name: String,
    pub amount: i64,
    /// With all that are larger.
    pub together: i64,
}

/// What one person's, or one department's, customers bring in.
#[derive(Debug, Clone)]
pub struct ConcentrationPart {
    pub id: Option<Uuid>,
    pub name: String,
    pub customers: i64,
    pub amount: i64,
    /// Of their largest customer, and of the largest fifth of them.
    pub largest: i64,
    pub top_fifth: i64,
}

const TOP: i64 = 50;
const PARTS: i64 = 200;

impl Engine {
    /// Whether the actor may ask: it sees customers and the amounts.
    pub fn concentrates(&self, actor: &Actor, basis: Basis) -> bool {
        let model = self.model();
        let source = model.object(basis.source().0);
        let amount = source.and_then(|object| Some((object, object.field("amount")?)));
        self.may(actor, "account").read
            && amount.is_some_and(|(object, amount)| {
                self.may(actor, &object.name).read && actor.rights.field(&object.name, amount) >= FieldRight::Read
            })
    }

    /// How much comes from how few.
    ///
    /// # Errors
    /// `Forbidden` for who does not see the amounts.
    #[boxed]
    pub async fn concentration(&self, actor: &Actor, query: &ConcentrationQuery) -> Result<Concentration> {
        if !self.concentrates(actor, query.basis) {
            return Err(Error::Forbidden(Text::new(
                "您看不到这些金额，不能看客户集中度。",
                "You do not see these amounts, so the concentration is not shown.",
            )));
        }
        let model = self.model();
        let account = access::object_for(&model, actor, "account")?;
        let mut tx = self.0.db.read().await?;
        let people = People::load(&mut tx).await?;
        let sums = self.sums(actor, account, query, &people)?;
        let mut sql = Sql::new("WITH s AS (");
        sql.append(&sums).push(
            "), r AS (SELECT id, v, ROW_NUMBER() OVER (ORDER BY v DESC, id) AS n, SUM(v) OVER (ORDER BY v DESC, id ROWS UNBOUNDED PRECEDING) AS c, \
             COUNT(*) OVER () AS k, SUM(v) OVER () AS w FROM s) \
             SELECT n, CAST(c AS BIGINT), k, CAST(w AS BIGINT), id, v, \
             CAST(CASE WHEN c * 5 >= w * 4 AND (c - v) * 5 < w * 4 THEN 1 ELSE 0 END AS BIGINT), \
             CAST(CASE WHEN (n - 1) * 5 < k AND n * 5 >= k THEN 1 ELSE 0 END AS BIGINT) \
             FROM r WHERE n <= ",
        );
        sql.bind(TOP).push(" OR n = k OR (n * 100) / k <> ((n - 1) * 100) / k");
        sql.push(" OR (c * 5 >= w * 4 AND (c - v) * 5 < w * 4) OR ((n - 1) * 5 < k AND n * 5 >= k) ORDER BY n");
        let mut found = Concentration {
            customers: 0,
            total: 0,
            curve: Vec::new(),
            four_fifths: 0,
            top_fifth: 0,
            top: Vec::new(),
            parts: Vec::new(),
            departments: people.choices(actor, Sight::of(actor, account)),
        };
        for row in tx.rows(sql).await? {
            let (n, c, k) = (row.must_int(0)?, row.must_int(1)?, row.must_int(2)?);
            (found.customers, found.total) = (k, row.must_int(3)?);
            if n * 100 / k != (n - 1) * 100 / k || n == k {
                found.curve.push((n, c));
            }
            if n <= TOP {
                found.top.push(TopCustomer {
                    id: row.must_id(4)?,
                    name: String::new(),
                    amount: row.must_int(5)?,
                    together: c,
                });
            }
            if row.must_int(6)? == 1 {
                found.four_fifths = n;
            }
            if row.must_int(7)? == 1 {
                found.top_fifth = c;
            }
        }
        let ids: Vec<Uuid> = found.top.iter().map(|one| one.id).collect();
        let mut names = HashMap::new();
        if !ids.is_empty() {
            for row in tx.rows(select_titles(&model, actor, account, &ids)).await? {
                let title = row.text(1)?.and_then(|title| shown_title(&model, actor, account, title));
                names.insert(row.must_id(0)?, title.unwrap_or_default());
            }
        }
        for one in &mut found.top {
            one.name = names.remove(&one.id).unwrap_or_default();
        }
        let column = if query.by_department { "department_id" } else { "owner_id" };
        let mut sql = Sql::new("WITH s AS (");
        sql.append(&sums).push("), r AS (SELECT s.").push(column);
        sql.push(" AS who, s.v, ROW_NUMBER() OVER (PARTITION BY s.")
            .push(column)
            .push(" ORDER BY s.v DESC, s.id) AS n, ");
        sql.push("COUNT(*) OVER (PARTITION BY s.").push(column).push(") AS k FROM s) ");
        sql.push("SELECT who, COUNT(*), CAST(SUM(v) AS BIGINT), MAX(v), CAST(SUM(CASE WHEN (n - 1) * 5 < k THEN v ELSE 0 END) AS BIGINT) ");
        sql.push("FROM r GROUP BY who ORDER BY 3 DESC, 1 LIMIT ").bind(PARTS);
        let name = |id: Uuid| {
            if query.by_department {
                people.department(id).map(|department| department.name.clone())
            } else {
                people.users.get(&id).map(|person| person.name.clone())
            }
        };
        let part = |row: &Row| {
            let id = row.id(0)?;
            Ok(ConcentrationPart {
                id,
                name: id.and_then(name).unwrap_or_default(),
                customers: row.must_int(1)?,
                amount: row.must_int(2)?,
                largest: row.must_int(3)?,
                top_fifth: row.must_int(4)?,
            })
        };
        found.parts = tx.rows(sql).await?.iter().map(part).collect::<Result<_>>()?;
        Ok(found)
    }

    /// What each customer brought in; those that brought in nothing are not in it.
    fn sums(&self, actor: &Actor, account: &Object, query: &ConcentrationQuery, people: &People) -> Result<Sql> {
        let model = self.model();
        let (name, day, counts) = query.basis.source();
        let object = access::object_for(&model, actor, name)?;
        let (Some(amount), Some(day)) = (object.field("amount"), object.field(day)) else {
            return Err(Error::NotFound);
        };
        let mut sum = Sql::new("CAST(SUM(");
        summable(amount, "t", &mut sum);
        sum.push(") AS BIGINT)");
        let (from, until) = query.period.days();
        let mut sql = Sql::new("SELECT p.id, p.v, o.owner_id, o.department_id FROM (SELECT t.account_id AS id, ");
        sql.append(&sum).push(" AS v FROM ").name(&object.name).push(" t");
        sql.push(" WHERE t.deleted_at IS NULL AND t.account_id IS NOT NULL AND ");
        access::predicate(&model, object, actor, Need::Read, "t", &mut sql);
        // not by the index of days: of a year nearly all rows count, and those of a customer lie together in the other
        sql.push(" AND +").column("t", &day.column()).push(" >= ").bind(from);
        sql.push(" AND +").column("t", &day.column()).push(" < ").bind(until);
        if let Some(filter) = self.filter(&model, object, actor, counts)? {
            sql.push(" AND ").append(&filter);
        }
        sql.push(" GROUP BY t.account_id HAVING ").append(&sum).push(" > 0) p JOIN account o ON o.id = p.id");
        sql.push(" WHERE o.deleted_at IS NULL AND ");
        access::predicate(&model, account, actor, Need::Read, "o", &mut sql);
        if let Some(owner) = query.owner {
            sql.push(" AND o.owner_id = ").bind(owner);
        }
        if let Some(department) = query.department {
            sql.push(" AND o.department_id IN (").list(people.whole(department)).push(")");
        }
        Ok(sql)
    }
}

#[cfg(test)]
mod tests;
