//! An entry put on another day, or another hour of it.

use zhike_records::{Actor, Engine, FieldState, Input, Record};
use zhike_types::{Error, Result, Text, Uuid, boxed, date_of};

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

/// Puts an entry on a day; its hour stays unless one is given. What it lasts it lasts there, too.
///
/// # Errors
/// `NotFound` for what does not stand in the calendar, `Conflict` for what cannot be moved, and whatever a change answers.
#[boxed]
pub async fn move_to(
    engine: &Engine,
    actor: &Actor,
    object: &str,
    id: Uuid,
    calendar: &str,
    day: i64,
    hour: Option<i64>,
) -> Result<Record> {
    let record = engine.read(actor, object, id).await?;
    let declared = record.object.calendars.iter().find(|known| known.name == calendar).ok_or(Error::NotFound)?;
    let fixed = || {
        Error::Conflict(Text::new(
            "这一项的日期不能在日历上改动。请打开记录查看。",
            "Its date cannot be moved in the calendar. Open the record.",
        ))
    };
    let is_open = |name: &String| record.state(name) == FieldState::Writable;
    if !declared.moves || !is_open(&declared.start) || !declared.end.as_ref().is_none_or(is_open) {
        return Err(fixed());
    }
    let zone = engine.zone();
    let field = record.object.field(&declared.start).ok_or(Error::NotFound)?;
    let was = record.value(&declared.start).as_int().ok_or_else(fixed)?;
    let dated = matches!(field.kind.value_kind(), zhike_model::FieldKind::Date);
    let now = if dated {
        day
    } else {
        let within = (was - zone.start_of_day(zone.day_of(was))).clamp(0, DAY - 1);
        let within = hour.map_or(within, |hour| hour.clamp(0, 23) * HOUR + within % HOUR);
        zone.start_of_day(day) + within
    };
    let text = |value: i64| {
        if dated {
            date_of(value).map(|date| date.to_string()).unwrap_or_default()
        } else {
            zone.civil(value).strftime("%Y-%m-%d %H:%M:%S").to_string()
        }
    };
    let mut input = Input::default().set(&declared.start, text(now));
    if let Some((end, at)) = declared.end.as_ref().and_then(|end| Some((end, record.value(end).as_int()?))) {
        input = input.set(end, text(at + now - was));
    }
    engine.change(actor, object, id, None, input).await
}
