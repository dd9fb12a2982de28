//! Figures over a list: counts, sums, averages, by the values of a field.

use zhike_db::{Sql, sql};
use zhike_model::{AggregateOp, Field, FieldKind, Object};
use zhike_types::{Error, Result, Text, Value, boxed};

use crate::{
    Actor, AggregateQuery, Engine, Group,
    access::{self, Need},
    columns::{read_value, summable},
    list::{refuse_unreadable, unknown_field},
    load::{select_titles, shown_title},
};

/// More groups than this are no figure that a person reads.
const GROUPS_MAX: usize = 1_000;

/// A field to group by, and over what span of a date.
struct Grouping<'a> {
    field: &'a Field,
    span: Option<Span>,
}

#[derive(Clone, Copy)]
enum Span {
    Day,
    Month,
    Year,
}

impl Engine {
    /// The figures of each group, the largest first figure first; one group without grouping.
    #[boxed]
    pub async fn aggregate(&self, actor: &Actor, query: &AggregateQuery) -> Result<Vec<Group>> {
        let model = self.model();
        let object = access::object_for(&model, actor, &query.object)?;
        let grouping = query.group.as_deref().map(|text| grouping(object, actor, text)).transpose()?;
        let figures = query
            .figures
            .iter()
            .map(|(op, name)| figure(object, actor, *op, name).map(|field| (*op, field)))
            .collect::<Result<Vec<_>>>()?;
        if figures.is_empty() {
            return Err(Error::invalid(
                "figures",
                "required",
                Text::new("请指定要汇总的指标。", "Say which figures are wanted."),
            ));
        }

        let offset = self.0.zone.time_zone().to_offset(jiff::Timestamp::UNIX_EPOCH).seconds();
        let mut sql = Sql::new("SELECT ");
        if let Some(grouping) = &grouping {
            group_expression(grouping, i64::from(offset), &mut sql);
            sql.push(", ");
        }
        for (i, (op, field)) in figures.iter().enumerate() {
            if i > 0 {
                sql.push(", ");
            }
            figure_expression(*op, *field, self.0.db.dialect().real(), &mut sql);
        }
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND ");
        access::predicate(&model, object, actor, Need::Read, "t", &mut sql);
        if let Some(filter) = self.filter(&model, object, actor, &query.filter)? {
            sql.push(" AND ").append(&filter);
        }
        let limit = if query.limit == 0 { 100 } else { query.limit.min(GROUPS_MAX) };
        if grouping.is_some() {
            // by position: the same expression again would bind its arguments again
            sql.push(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ").bind(limit as i64);
        }
        let mut tx = self.0.db.read().await?;
        let rows = tx.rows(sql).await.map_err(too_large)?;
        let mut groups = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut at = 0;
            let key = match &grouping {
                None => Value::Null,
                Some(grouping) => {
                    at = 1;
                    match grouping.span {
                        Some(_) => row.int(0)?.map_or(Value::Null, Value::Int),
                        None if matches!(grouping.field.kind, FieldKind::Reference { .. }) => row.id(0)?.into(),
                        None => read_value(row, 0, grouping.field)?,
                    }
                }
            };
            let values = figures
                .iter()
                .enumerate()
                .map(|(i, (op, _))| match op {
                    AggregateOp::Average => row.real(at + i).map(|real| real.map_or(Value::Null, Value::Real)),
                    _ => row.int(at + i).map(Value::from),
                })
                .collect::<Result<Vec<_>>>()?;
            groups.push(Group { key, title: None, figures: values });
        }
        if let Some(Grouping { field: Field { kind: FieldKind::Reference { object: target, .. }, .. }, span: None }) =
            grouping
            && let Some(target) = model.object(target)
        {
            let ids: Vec<_> = groups.iter().filter_map(|group| group.key.as_id()).collect();
            for row in tx.rows(select_titles(&model, actor, target, &ids)).await? {
                let id = row.must_id(0)?;
                let title = row.text(1)?.and_then(|title| shown_title(&model, actor, target, title));
                for group in groups.iter_mut().filter(|group| group.key.as_id() == Some(id)) {
                    group.title.clone_from(&title);
                }
            }
        }
        Ok(groups)
    }
}

/// A sum beyond 64 bits is wrong data (an amount typed twice over), not a fault of the program.
fn too_large(error: Error) -> Error {
    if !zhike_db::is_overflow(&error) {
        return error;
    }
    let message = Text::new(
        "合计超出了能计算的范围。请先筛选出数值过大的记录并改正。",
        "The total is too large to be computed. Find the records with absurdly large values and correct them.",
    );
    Error::invalid("figures", "too_large", message)
}

fn grouping<'a>(object: &'a Object, actor: &Actor, text: &str) -> Result<Grouping<'a>> {
    let (span, name) = match text.split_once(':') {
        None => (None, text),
        Some(("day", name)) => (Some(Span::Day), name),
        Some(("month", name)) => (Some(Span::Month), name),
        Some(("year", name)) => (Some(Span::Year), name),
        Some((other, _)) => return Err(unknown_field("group", other)),
    };
    let field = object.field(name).ok_or_else(|| unknown_field("group", name))?;
    refuse_unreadable(object, actor, field, "group")?;
    let fits = matches!(
        (span, field.kind.value_kind()),
        (Some(_), FieldKind::Date | FieldKind::DateTime)
            | (
                None,
                FieldKind::Select { .. }
                    | FieldKind::Boolean
                    | FieldKind::Reference { .. }
                    | FieldKind::Region
                    | FieldKind::Text { .. }
            )
    );
    if !fits {
        let (zh, en) = (&field.label.zh, &field.label.en);
        return Err(Error::invalid(
            "group",
            "invalid",
            zhike_types::text!(
                "不能按「{zh}」分组；日期字段请写成 month:{name}。",
                "Figures cannot be grouped by {en}; write month:{name} for dates."
            ),
        ));
    }
    Ok(Grouping { field, span })
}

fn figure<'a>(object: &'a Object, actor: &Actor, op: AggregateOp, name: &str) -> Result<Option<&'a Field>> {
    if op == AggregateOp::Count && name == "*" {
        return Ok(None);
    }
    let field = object.field(name).ok_or_else(|| unknown_field("figures", name))?;
    refuse_unreadable(object, actor, field, "figures")?;
    let number = field.kind.is_number();
    let ordered = number || matches!(field.kind.value_kind(), FieldKind::Date | FieldKind::DateTime);
    let fits = match op {
        AggregateOp::Count => true,
        AggregateOp::Sum | AggregateOp::Average => number,
        AggregateOp::Min | AggregateOp::Max => ordered,
    };
    if fits {
        return Ok(Some(field));
    }
    let (zh, en) = (&field.label.zh, &field.label.en);
    Err(Error::invalid(
        "figures",
        "invalid",
        zhike_types::text!(
            "「{zh}」不是数字，不能这样汇总。",
            "{en} is no number, so it cannot be summed up this way."
        ),
    ))
}

fn figure_expression(op: AggregateOp, field: Option<&Field>, real: &str, sql: &mut Sql) {
    let Some(field) = field else {
        sql.push("COUNT(*)");
        return;
    };
    let (open, close) = match op {
        AggregateOp::Count => ("COUNT(", ")".to_owned()),
        AggregateOp::Sum => ("CAST(SUM(", ") AS BIGINT)".to_owned()),
        AggregateOp::Average => ("AVG(CAST(", format!(" AS {real})) / {}.0", 10_i64.pow(field.kind.scale()))),
        AggregateOp::Min => ("MIN(", ")".to_owned()),
        AggregateOp::Max => ("MAX(", ")".to_owned()),
    };
    sql.push(open);
    match op {
        AggregateOp::Count => {
            sql.column("t", &field.column());
        }
        _ => summable(field, "t", sql),
    }
    sql.push(&close);
}

/// Dates by integer arithmetic (days from civil, after Hinnant's algorithms), so that both databases agree:
/// a day is its number since 1970, a month year × 12 + month − 1, a year its number.
fn group_expression(grouping: &Grouping<'_>, offset_seconds: i64, sql: &mut Sql) {
    let column = grouping.field.column();
    let Some(span) = grouping.span else {
        sql.column("t", &column);
        return;
    };
    let mut day = sql!("");
    if matches!(grouping.field.kind.value_kind(), FieldKind::DateTime) {
        // the number is moved above zero first: integer division rounds toward zero
        day.push("((")
            .column("t", &column)
            .push(&format!(" + {} + 62167219200000) / 86400000 - 719528)", offset_seconds * 1000));
    } else {
        day.column("t", &column);
    }
    match span {
        Span::Day => {
            sql.append(&day);
        }
        Span::Month | Span::Year => {
            // z: days since 0000-03-01; era of 400 years; year of era; month from March
            let z = format!("({} + 719468)", day.text());
            let era_day = format!("({z} - ({z} / 146097) * 146097)");
            let year_of_era =
                format!("(({era_day} - {era_day} / 1460 + {era_day} / 36524 - {era_day} / 146096) / 365)");
            let year_day = format!("({era_day} - (365 * {year_of_era} + {year_of_era} / 4 - {year_of_era} / 100))");
            let march_month = format!("((5 * {year_day} + 2) / 153)");
            let month = format!("(CASE WHEN {march_month} < 10 THEN {march_month} + 3 ELSE {march_month} - 9 END)");
            let year =
                format!("(({z} / 146097) * 400 + {year_of_era} + (CASE WHEN {march_month} < 10 THEN 0 ELSE 1 END))");
            sql.push(&match span {
                Span::Month => format!("({year} * 12 + {month} - 1)"),
                _ => year,
            });
        }
    }
}
