//! What takes longer than a page of rows: the exact count, the totals in the foot. Both are fetched after the page.

use axum::extract::{Path, Query};
use zhike_model::AggregateOp;
use zhike_records::AggregateQuery;
use zhike_types::{Error, Value};

use super::{ListState, fragment};
use crate::{
    fault::Answer,
    link::Pairs,
    pages::figures::figure_text,
    session::Signed,
    ui::{self, escape},
    words::Say,
};

/// `<span class="count">12,408</span>`
pub async fn count(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let state = ListState::read(&signed, &object, pairs).await?;
    let filter = state.found(&signed, &object).await?;
    let text = match signed.app.engine.count(&signed.actor, &object.name, &filter, false).await {
        Ok(number) => ui::count(number),
        // the list itself says what is wrong with the filter
        Err(Error::Invalid(_) | Error::Forbidden(_)) => String::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(fragment(format!(r#"<span class="count">{text}</span>"#)))
}

/// The `<tfoot>` of a list.
pub async fn totals(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let lang = signed.lang();
    let state = ListState::read(&signed, &object, pairs).await?;
    let figures: Vec<(AggregateOp, String)> =
        state.totals.iter().map(|total| (total.op, total.field.clone())).collect();
    let filter = state.found(&signed, &object).await?;
    let query = AggregateQuery { object: object.name.clone(), filter, group: None, figures, limit: 1 };
    // all that was to be summed may be masked for this user
    let groups =
        if query.figures.is_empty() { Vec::new() } else { signed.app.engine.aggregate(&signed.actor, &query).await? };
    let values = groups.first().map(|group| group.figures.as_slice()).unwrap_or_default();
    // Under its own column a sum needs no word: the row is that of the totals.
    let text_of = |at: usize, says: bool| {
        let total = state.totals.get(at)?;
        let value = values.get(at).filter(|value| **value != Value::Null)?;
        let field = object.field(&total.field)?;
        let word =
            if says { format!(r#"<span class="total-op">{}</span> "#, op_word(total.op, lang)) } else { String::new() };
        Some(format!("{word}{}", escape(&figure_text(field, total.op, value, lang))))
    };
    // A total over a column that is not shown stands at the left, with the column's name.
    let aside: Vec<String> = state
        .totals
        .iter()
        .enumerate()
        .filter(|(_, total)| !state.columns.iter().any(|column| column.field == total.field))
        .filter_map(|(at, total)| {
            Some(format!("{} {}", escape(object.field(&total.field)?.label.get(lang)), text_of(at, true)?))
        })
        .collect();
    let head = if aside.is_empty() { lang.t("合计", "Total").to_owned() } else { aside.join("　") };
    let others: Vec<_> = state.columns.iter().filter(|column| column.field != object.title).collect();
    let place = |name: &str| state.totals.iter().position(|total| total.field == name);
    // Its words run on over the columns without a total.
    let free = others.iter().take_while(|column| place(&column.field).is_none()).count();
    let span = if aside.is_empty() { 0 } else { free.min(3) };
    let mut foot = format!(r#"<tfoot><tr><td class="pick"></td><th scope="row" colspan="{}">{head}</th>"#, span + 1);
    for column in others.into_iter().skip(span) {
        let text = place(&column.field).and_then(|at| text_of(at, !matches!(state.totals[at].op, AggregateOp::Sum)));
        let label = object.field(&column.field).map(|field| field.label.get(lang)).unwrap_or_default();
        match text {
            Some(text) => foot.extend([r#"<td class="num" title=""#, &escape(label), "\">", &text, "</td>"]),
            None => foot.push_str("<td></td>"),
        }
    }
    foot.push_str(r#"<td class="fill"></td></tr></tfoot>"#);
    Ok(fragment(foot))
}

pub fn op_word(op: AggregateOp, lang: zhike_types::Lang) -> &'static str {
    match op {
        AggregateOp::Count => lang.t("计数", "count"),
        AggregateOp::Sum => lang.t("求和", "sum"),
        AggregateOp::Average => lang.t("平均", "average"),
        AggregateOp::Min => lang.t("最小", "smallest"),
        AggregateOp::Max => lang.t("最大", "largest"),
    }
}
