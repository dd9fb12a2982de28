//! A pool as somebody set it up: read from its record, checked when that is saved.

use zhike_db::{Row, Sql, Tx};
use zhike_model::{Model, Object, expr};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, text};

use super::DUTY;
use crate::{Actor, load::Stored, people::needs_duty};

/// A pool's settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pool {
    pub id: Uuid,
    pub name: String,
    /// The object whose records lie there.
    pub object: String,
    pub active: bool,
    pub everybody: bool,
    /// What a member sees before claiming, beside the title.
    pub fields: Vec<String>,
    pub claims_a_day: Option<i64>,
    pub held_most: Option<i64>,
    /// All that somebody owns counts as held, wherever it came from.
    pub held_of_all: bool,
    pub views_a_day: Option<i64>,
    pub cool_down_days: i64,
    /// CEL; empty takes nothing back.
    pub reclaim: String,
    pub grace_days: i64,
    /// Ascending.
    pub warn_days: Vec<i64>,
    /// CEL; empty protects nothing.
    pub protected: String,
    pub reasons: Vec<String>,
}

const COLUMNS: &str = "SELECT id, name, object, active, everybody, fields, claims_a_day, held_most, held_of, views_a_day, cool_down_days, reclaim, \
     grace_days, warn_days, protected, reasons FROM pool WHERE deleted_at IS NULL";

impl Pool {
    fn read(row: &Row) -> Result<Self> {
        let text = |at| row.text(at).map(Option::unwrap_or_default);
        Ok(Self {
            id: row.must_id(0)?,
            name: text(1)?,
            object: text(2)?,
            active: row.bool(3)?.unwrap_or(false),
            everybody: row.bool(4)?.unwrap_or(false),
            fields: words(&text(5)?),
            claims_a_day: row.int(6)?,
            held_most: row.int(7)?,
            held_of_all: text(8)? == "all",
            views_a_day: row.int(9)?,
            cool_down_days: row.int(10)?.unwrap_or(0),
            reclaim: text(11)?.trim().to_owned(),
            grace_days: row.int(12)?.unwrap_or(0),
            warn_days: days(&text(13)?).unwrap_or_default(),
            protected: text(14)?.trim().to_owned(),
            reasons: lines(&text(15)?),
        })
    }

    /// All pools, the oldest first: where two of them would take a record back, the older one does.
    pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Self>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" ORDER BY seq");
        tx.rows(sql).await?.iter().map(Self::read).collect()
    }

    pub(super) async fn of(tx: &mut Tx, id: Uuid) -> Result<Option<Self>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" AND id = ").bind(id);
        tx.row(sql).await?.map(|row| Self::read(&row)).transpose()
    }

    /// Settings that are about to be saved, as an object's values.
    fn of_values(object: &Object, values: &[Value]) -> Self {
        let value = |name: &str| object.index_of(name).map_or(&Value::Null, |i| &values[i]);
        let text = |name: &str| value(name).as_text().unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            object: text("object"),
            fields: words(&text("fields")),
            reclaim: text("reclaim").trim().to_owned(),
            protected: text("protected").trim().to_owned(),
            grace_days: value("grace_days").as_int().unwrap_or(0),
            ..Self::default()
        }
    }

    /// The rule with what is protected left out; none when nothing is taken back.
    pub(super) fn rule(&self) -> Option<String> {
        match (self.reclaim.is_empty(), self.protected.is_empty()) {
            (true, _) => None,
            (false, true) => Some(self.reclaim.clone()),
            (false, false) => Some(format!("({}) && !({})", self.reclaim, self.protected)),
        }
    }
}

/// Apart by commas or blanks of any kind.
fn words(text: &str) -> Vec<String> {
    text.split([',', '，', '、', ' ', '\n', '\t']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// `7, 3, 1` as ascending numbers of days; none when one of them is no day.
fn days(text: &str) -> Option<Vec<i64>> {
    let mut days: Vec<i64> = words(text).iter().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    days.sort_unstable();
    days.dedup();
    (days.len() <= WARNINGS && days.iter().all(|days| (1..=365).contains(days))).then_some(days)
}

/// Times somebody is warned.
const WARNINGS: usize = 5;
/// Limits above this are typing errors.
const LIMIT_MAX: i64 = 1_000_000;
const DAYS_MAX: i64 = 3_650;

/// Pools and their members are written, by whatever way, by who sets them up.
pub(crate) fn is_kept_from(actor: &Actor, object: &Object) -> bool {
    matches!(object.name.as_str(), "pool" | "pool_member") && !actor.rights.may(DUTY)
}

/// What is wrong with a pool or a member about to be saved; saving takes the duty `pools`.
pub(crate) fn check(
    model: &Model,
    actor: &Actor,
    object: &Object,
    before: Option<&Stored>,
    values: &[Value],
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    match object.name.as_str() {
        "pool" => {
            needs_duty(actor, DUTY)?;
            check_pool(model, object, before, values, errors);
        }
        "pool_member" => {
            needs_duty(actor, DUTY)?;
            check_member(object, values, errors);
        }
        _ => {}
    }
    Ok(())
}

fn wrong(field: &str, message: Text) -> FieldError {
    FieldError { field: field.to_owned(), code: "invalid", message }
}

fn check_pool(model: &Model, object: &Object, before: Option<&Stored>, values: &[Value], errors: &mut Vec<FieldError>) {
    let pool = Pool::of_values(object, values);
    let value = |name: &str| object.index_of(name).map_or(&Value::Null, |i| &values[i]);
    if before.is_some_and(|stored| stored.value(object, "object").as_text() != Some(&pool.object)) {
        let message = Text::new(
            "存放的对象不能再改。请停用这个公海，另建一个。",
            "What a pool holds cannot be changed. Put this one out of use and make another.",
        );
        errors.push(wrong("object", message));
        return;
    }
    let Some(held) = model.object(&pool.object).filter(|held| held.pool) else {
        let known: Vec<&str> =
            model.objects().iter().filter(|known| known.pool).map(|known| known.name.as_str()).collect();
        let (zh, en) = (known.join("、"), known.join(", "));
        let message = text!("这里要写能进公海的对象：{zh}。", "Name an object that can have a pool: {en}.");
        errors.push(wrong("object", message));
        return;
    };
    let unknown: Vec<&str> = pool.fields.iter().map(String::as_str).filter(|name| held.field(name).is_none()).collect();
    if !unknown.is_empty() {
        let (zh, en, label, plural) = (unknown.join("、"), unknown.join(", "), &held.label.zh, &held.plural.en);
        let message =
            text!("{label}没有字段：{zh}。请写字段名。", "{plural} have no field {en}. Give names of fields.");
        errors.push(wrong("fields", message));
    }
    for name in ["reclaim", "protected"] {
        let text = value(name).as_text().unwrap_or_default();
        if text.trim().is_empty() {
            continue;
        }
        if let Err(error) = expr::parse_condition(model, &held.name, text) {
            let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
            errors.push(wrong(name, text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}")));
        }
    }
    let ranges = [
        ("claims_a_day", 0, LIMIT_MAX),
        ("held_most", 0, LIMIT_MAX),
        ("views_a_day", 0, LIMIT_MAX),
        ("cool_down_days", 0, DAYS_MAX),
        ("grace_days", 0, DAYS_MAX),
    ];
    for (name, low, high) in ranges {
        if value(name).as_int().is_some_and(|number| !(low..=high).contains(&number)) {
            errors.push(wrong(name, text!("请写 {low} 到 {high} 的数。", "Give a number from {low} to {high}.")));
        }
    }
    if days(value("warn_days").as_text().unwrap_or_default()).is_none() {
        let message = text!(
            "请写 1 到 365 的天数，用逗号隔开，最多 {WARNINGS} 个，例如 7, 3, 1。",
            "Give days from 1 to 365, apart by commas, {WARNINGS} at most, such as 7, 3, 1."
        );
        errors.push(wrong("warn_days", message));
    }
}

fn check_member(object: &Object, values: &[Value], errors: &mut Vec<FieldError>) {
    let filled = |name: &str| object.index_of(name).is_some_and(|i| !values[i].is_null());
    if filled("user") == filled("team") {
        let message = Text::new("请选一个用户或者一个部门。", "Choose a user or a department, one of the two.");
        errors.push(FieldError { field: "user".to_owned(), code: "required", message });
    }
}

/// Pools and their members are deleted by who sets them up; a pool only when nothing lies there.
pub(crate) async fn may_delete(tx: &mut Tx, model: &Model, actor: &Actor, object: &Object, id: Uuid) -> Result<()> {
    match object.name.as_str() {
        "pool" => needs_duty(actor, DUTY)?,
        "pool_member" => return needs_duty(actor, DUTY),
        _ => return Ok(()),
    }
    let Some(pool) = Pool::of(tx, id).await? else { return Ok(()) };
    let Some(held) = model.object(&pool.object).filter(|held| held.pool) else { return Ok(()) };
    let mut sql = Sql::new("SELECT COUNT(*) FROM ");
    sql.name(&held.name).push(" WHERE deleted_at IS NULL AND pool_id = ").bind(id);
    let count = tx.number(sql).await?;
    if count == 0 {
        return Ok(());
    }
    Err(Error::Conflict(text!(
        "公海里还有 {count} 条记录。请先分配出去，或者停用这个公海。",
        "{count} records still lie in this pool. Assign them first, or put the pool out of use."
    )))
}
