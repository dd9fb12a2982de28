//! Parts of a date by integers alone, the same steps as in process (Hinnant, `civil_from_days`), each written once.

use zhike_db::Sql;
use zhike_model::expr::{DatePart, Expr, Type};

use super::Writer;

/// 0001-01-01 and 9999-12-31.
const FIRST_DAY: &str = "-719162";
const LAST_DAY: &str = "2932896";

impl Writer<'_> {
    pub(super) fn date_part(&mut self, part: DatePart, a: &Expr, sql: &mut Sql) {
        // Integers divide towards zero on both databases: a bias of five million days keeps them positive.
        let offset = self.with.scope.offset * 1000;
        let (guard, local) = if a.ty() == Type::Date {
            ("4000000", "(CAST({p}.v AS BIGINT) + 5000000) * 86400000".to_owned())
        } else {
            ("345600000000000", format!("CAST({{p}}.v AS BIGINT) + {offset} + 432000000000000"))
        };
        let in_range = format!(
            "CASE WHEN {{p}}.n / 86400000 - 5000000 BETWEEN {FIRST_DAY} AND {LAST_DAY} THEN {{p}}.n / 86400000 - 5000000 END AS d"
        );
        let mut layers = vec![
            format!("CASE WHEN abs({{p}}.v) <= {guard} THEN {local} END AS n"),
            format!("{in_range}, {{p}}.n % 86400000 AS w"),
        ];
        let result = match part {
            DatePart::Weekday => "({p}.d + 7000004) % 7",
            DatePart::Hour => "CASE WHEN {p}.d IS NOT NULL THEN {p}.w / 3600000 END",
            DatePart::Minute => "CASE WHEN {p}.d IS NOT NULL THEN {p}.w / 60000 % 60 END",
            DatePart::Year | DatePart::Month | DatePart::Day => {
                layers.extend(
                    [
                        "{p}.d + 719468 AS z",
                        "{p}.z / 146097 AS era, {p}.z % 146097 AS doe",
                        "{p}.era AS era, {p}.doe AS doe, ({p}.doe - {p}.doe / 1460 + {p}.doe / 36524 - {p}.doe / 146096) / 365 AS yoe",
                        "{p}.era AS era, {p}.yoe AS yoe, {p}.doe - (365 * {p}.yoe + {p}.yoe / 4 - {p}.yoe / 100) AS doy",
                        "{p}.era AS era, {p}.yoe AS yoe, {p}.doy AS doy, (5 * {p}.doy + 2) / 153 AS mp",
                    ]
                    .map(str::to_owned),
                );
                match part {
                    DatePart::Year => "{p}.yoe + {p}.era * 400 + CASE WHEN {p}.mp >= 10 THEN 1 ELSE 0 END",
                    DatePart::Month => "CASE WHEN {p}.mp < 10 THEN {p}.mp + 3 ELSE {p}.mp - 9 END",
                    _ => "{p}.doy - (153 * {p}.mp + 2) / 5 + 1",
                }
            }
        };
        let names: Vec<String> = (0..=layers.len()).map(|_| self.alias()).collect();
        let last = names.last().map_or("", String::as_str);
        sql.push("(SELECT CAST(").push(&result.replace("{p}", last));
        self.close_real(sql);
        for (i, layer) in layers.iter().enumerate().rev() {
            sql.push(" FROM (SELECT ").push(&layer.replace("{p}", &names[i]));
        }
        sql.push(" FROM (SELECT ");
        self.value(a, sql);
        sql.push(" AS v) AS ").push(&names[0]);
        for name in &names[1..] {
            sql.push(") AS ").push(name);
        }
        sql.push(")");
    }
}
