//! Small plots, drawn by the server: the Content-Security-Policy takes no inline style, and a page needs no script for them. Widths are
//! per cents, so that letters keep their size on a phone.

use std::fmt::Write as _;

use zhike_records::Unit;
use zhike_types::Lang;

use crate::{
    pages::figures::number_text,
    ui::{Markup, escape},
    words::Say as _,
};

/// One column of a plot.
pub struct Column {
    /// Under it, short.
    pub label: String,
    /// What a pointer is told.
    pub title: String,
    pub parts: Vec<(i64, &'static str)>,
    pub accent: bool,
}

/// A figure as people read it.
pub fn figure(unit: Unit, value: i64) -> String {
    let (scale, sign) = scale_and_sign(unit);
    format!("{sign}{}", number_text(value as f64 / 10_f64.powi(scale as i32), scale as usize))
}

/// Without what nobody reads at a glance: no cents.
pub fn rounded(unit: Unit, value: i64) -> String {
    let (scale, sign) = scale_and_sign(unit);
    let digits = if matches!(unit, Unit::Money(_)) { 0 } else { scale as usize };
    format!("{sign}{}", number_text(value as f64 / 10_f64.powi(scale as i32), digits))
}

/// `¥128.5万`, `¥1.3M`.
pub fn compact(unit: Unit, value: i64, lang: Lang) -> String {
    let (scale, sign) = scale_and_sign(unit);
    let number = value as f64 / 10_f64.powi(scale as i32);
    let steps: [(f64, &str); 2] = match lang {
        Lang::Zh => [(1e8, "亿"), (1e4, "万")],
        Lang::En => [(1e6, "M"), (1e3, "k")],
    };
    let step = steps.iter().find(|(size, _)| number.abs() >= *size);
    let text = match step {
        Some((size, word)) => {
            let part = number / size;
            let digits = usize::from(part.abs() < 100.0);
            format!("{}{word}", number_text(part, digits))
        }
        None => number_text(number, usize::from(number.fract() != 0.0)),
    };
    format!("{sign}{text}")
}

fn scale_and_sign(unit: Unit) -> (u32, String) {
    match unit {
        Unit::Money(currency) => (currency.scale(), currency.symbol().to_owned()),
        Unit::Number { scale } => (scale, String::new()),
    }
}

/// Thousandths as a per cent: `87.5%`.
pub fn per_cent(thousandths: i64) -> String {
    format!("{}%", number_text(thousandths as f64 / 10.0, usize::from(thousandths % 10 != 0)))
}

/// A line in a cell; the last point is marked. `told` says in words what it shows.
pub fn spark(values: &[i64], told: &str) -> Markup {
    const WIDTH: f64 = 96.0;
    const HEIGHT: f64 = 24.0;
    let (low, high) =
        (values.iter().copied().min().unwrap_or(0).min(0), values.iter().copied().max().unwrap_or(0).max(0));
    if values.len() < 2 || low == high {
        return Markup(format!(r#"<span class="none">—</span><span class="sr">{}</span>"#, escape(told)));
    }
    let at = |i: usize, value: i64| {
        let x = 3.0 + (WIDTH - 6.0) * i as f64 / (values.len() - 1) as f64;
        let y = HEIGHT - 3.0 - (HEIGHT - 6.0) * (value as f64 - low as f64) / (high as f64 - low as f64);
        (x, y)
    };
    let mut points = String::new();
    for (i, value) in values.iter().enumerate() {
        let (x, y) = at(i, *value);
        write!(points, "{x:.1},{y:.1} ").expect("a string takes what is written");
    }
    let (x, y) = at(values.len() - 1, values[values.len() - 1]);
    Markup(format!(
        r#"<svg class="spark" width="96" height="24" viewBox="0 0 96 24" role="img" aria-label="{}"><polyline points="{}"/><circle cx="{x:.1}" cy="{y:.1}" r="2.5"/></svg>"#,
        escape(told),
        points.trim_end()
    ))
}

/// Columns from zero, time from left to right; stacked where one has several parts.
pub fn columns(columns: &[Column], unit: Unit, lang: Lang, told: &str) -> Markup {
    const TOP: f64 = 18.0;
    const HEIGHT: f64 = 120.0;
    const LABELS: f64 = 20.0;
    let sums = || columns.iter().map(|column| column.parts.iter().map(|(value, _)| (*value).max(0)).sum::<i64>());
    let most = sums().max().unwrap_or(0);
    if most <= 0 {
        return Markup(format!(
            r#"<p class="muted plot-none">{}</p>"#,
            lang.t("这段时间还没有数字。", "There are no figures in this time yet.")
        ));
    }
    let all = TOP + HEIGHT + LABELS;
    // more labels than these do not fit on a phone: every other one is left out there
    let class = if columns.len() > 7 { "plot plot-many" } else { "plot" };
    // the scale stands beside the columns: over them it would be hidden
    let scale =
        [most, most / 2, 0].map(|value| format!("<span>{}</span>", escape(&compact(unit, value, lang)))).concat();
    let mut svg = format!(
        r#"<div class="plot-beside"><div class="plot-scale" aria-hidden="true">{scale}</div><svg class="{class}" width="100%" height="{all}" role="img" aria-label="{}">"#,
        escape(told)
    );
    for y in [TOP, TOP + HEIGHT / 2.0] {
        write!(svg, r#"<line class="plot-grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>"#)
            .expect("a string takes what is written");
    }
    let width = 100.0 / columns.len() as f64;
    for (i, column) in columns.iter().enumerate() {
        let x = width * i as f64;
        let mut y = TOP + HEIGHT;
        write!(
            svg,
            r"<g{}><title>{}</title>",
            if column.accent { r#" class="plot-now""# } else { "" },
            escape(&column.title)
        )
        .expect("a string takes what is written");
        for (value, class) in &column.parts {
            let height = HEIGHT * (*value).max(0) as f64 / most as f64;
            y -= height;
            write!(
                svg,
                r#"<rect class="plot-bar {class}" x="{:.2}%" y="{y:.1}" width="{:.2}%" height="{height:.1}"/>"#,
                x + width * 0.18,
                width * 0.64
            )
            .expect("a string takes what is written");
        }
        write!(
            svg,
            r#"<text class="plot-label" x="{:.2}%" y="{:.1}">{}</text></g>"#,
            x + width / 2.0,
            TOP + HEIGHT + 15.0,
            escape(&column.label)
        )
        .expect("a string takes what is written");
    }
    let base = TOP + HEIGHT;
    write!(svg, r#"<line class="plot-base" x1="0" x2="100%" y1="{base}" y2="{base}"/></svg></div>"#)
        .expect("a string takes what is written");
    Markup(svg)
}

/// A Lorenz curve: shares (0 to 1) of customers and of what they have together, the largest first, beside the line of equal shares. The
/// frame is stretched to the width there is; letters keep their size. `axes`: what stands below, and what at the left.
pub fn lorenz(points: &[(f64, f64)], axes: [&str; 2], told: &str) -> Markup {
    if points.is_empty() {
        return Markup(String::new());
    }
    let mut line = String::from("0,100");
    for (x, y) in points {
        write!(line, " {:.2},{:.2}", x * 100.0, 100.0 - y * 100.0).expect("a string takes what is written");
    }
    let mut svg =
        format!(r#"<svg class="plot lorenz" width="100%" height="300" role="img" aria-label="{}">"#, escape(told));
    for (y, label) in [(20, "100%"), (70, "80%"), (145, "50%"), (270, "0")] {
        write!(
            svg,
            r#"<line class="plot-grid" x1="0" x2="100%" y1="{y}" y2="{y}"/><text class="plot-scale" x="0" y="{}">{label}</text>"#,
            y - 4
        )
        .expect("a string takes what is written");
    }
    for (x, label) in [(20, "20%"), (50, "50%"), (80, "80%")] {
        write!(
            svg,
            r#"<line class="plot-grid" x1="{x}%" x2="{x}%" y1="20" y2="270"/><text class="plot-label" x="{x}%" y="286">{label}</text>"#
        )
        .expect("a string takes what is written");
    }
    write!(
        svg,
        r#"<text class="plot-scale" x="36" y="14">{}</text><text class="plot-end" x="100%" y="286">{}</text><svg x="0" y="20" width="100%" height="250" viewBox="0 0 100 100" preserveAspectRatio="none"><polygon class="lorenz-area" points="{line} 100,100"/><line class="lorenz-even" x1="0" y1="100" x2="100" y2="0"/><polyline class="lorenz-line" points="{line}"/></svg></svg>"#,
        escape(axes[1]),
        escape(axes[0])
    )
    .expect("a string takes what is written");
    Markup(svg)
}

#[cfg(test)]
mod tests {
    use zhike_records::Unit;
    use zhike_types::{Currency, Lang};

    use super::{Column, columns, compact, figure, lorenz, per_cent, rounded, spark};

    #[test]
    fn figures_read_well() {
        let yuan = Unit::Money(Currency::CNY);
        assert_eq!(figure(yuan, 123_456_789), "¥1,234,567.89");
        assert_eq!(rounded(yuan, 123_456_789), "¥1,234,568");
        for (value, zh, en) in [
            (0, "¥0", "¥0"),
            (99_950, "¥999.5", "¥999.5"),
            (1_287_000_000, "¥1,287万", "¥12.9M"),
            (123_450_000, "¥123万", "¥1.2M"),
            (-5_000_000, "¥-5.0万", "¥-50.0k"),
        ] {
            assert_eq!((compact(yuan, value, Lang::Zh).as_str(), compact(yuan, value, Lang::En).as_str()), (zh, en));
        }
        assert_eq!((per_cent(875), per_cent(1_000), per_cent(-30)), ("87.5%".into(), "100%".into(), "-3%".into()));
        assert_eq!(figure(Unit::Number { scale: 0 }, 12), "12");
    }

    #[test]
    fn a_plot_of_nothing_says_so_and_every_column_is_drawn_from_zero() {
        let column =
            |value| Column { label: "1".into(), title: "<1>".into(), parts: vec![(value, "a")], accent: false };
        let unit = Unit::Number { scale: 0 };
        assert!(!columns(&[column(0)], unit, Lang::Zh, "x").0.contains("<svg"));
        let drawn = columns(&[column(5), column(10)], unit, Lang::Zh, "x").0;
        assert_eq!(drawn.matches("<rect").count(), 2);
        assert!(
            drawn.contains(r#"height="60.0""#) && drawn.contains(r#"height="120.0""#) && drawn.contains("&lt;1&gt;")
        );
        assert!(spark(&[0, 0], "x").0.contains("none") && spark(&[0, 3, -1], "x").0.contains("polyline"));
    }

    #[test]
    fn a_curve_begins_at_nothing_and_ends_at_everything() {
        let drawn = lorenz(&[(0.2, 0.8), (1.0, 1.0)], ["<customers>", "share"], "told").0;
        assert!(drawn.contains(r#"points="0,100 20.00,20.00 100.00,0.00""#), "{drawn}");
        assert!(drawn.contains("&lt;customers&gt;") && lorenz(&[], ["", ""], "").0.is_empty());
    }
}
