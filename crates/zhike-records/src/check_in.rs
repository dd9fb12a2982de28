//! 签到: somebody says on a record that they are there. Where and when is written once, by the engine: nobody sets it by hand.

use std::sync::Arc;

use zhike_model::{CheckIn, FieldKind, Model, Object, expr};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, boxed};

use crate::{
    Actor, Engine, Record,
    access::{self, Need},
    approval, files,
    filter::LocalRow,
    idempotency,
    load::Stored,
};

/// What the audit says.
const ACTION: &str = "check-in";
/// A fix that is less sure says nothing of where somebody is, in metres.
const ACCURACY_MOST: f64 = 1_000_000.0;

/// Where one is.
#[derive(Debug, Clone, Default)]
pub struct CheckInInput {
    /// In words; needed where the device does not tell.
    pub place: String,
    /// Degrees north and east (WGS 84), as the device tells them.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    /// How sure that is, in metres.
    pub accuracy: Option<f64>,
    /// Name and bytes of a photo.
    pub photo: Option<(String, Vec<u8>)>,
}

impl Engine {
    /// Checks in at a record. The second time nothing changes: the answer is the record as the first left it.
    ///
    /// # Errors
    /// `NotFound` for objects without check-in; `Conflict` when the record is not open for it; `Invalid` without a place.
    #[boxed]
    pub async fn check_in(&self, actor: &Actor, object: &str, id: Uuid, input: CheckInInput) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let declared = known.check_in.as_ref().ok_or(Error::NotFound)?;
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        // before a photo is kept that belongs nowhere
        let seen = self.read(actor, object, id).await?;
        if !seen.value(&declared.at).is_null() {
            return Ok(seen);
        }
        checked(&input)?;
        let photo = match input.photo.as_ref() {
            Some((name, bytes)) => Some(self.photo(name, bytes.clone()).await?),
            None => None,
        };
        let mut tx = self.0.db.begin().await?;
        let before = self.locked(&mut tx, &model, actor, known, id, Need::Change).await?;
        if !before.value(known, &declared.at).is_null() {
            drop(tx);
            return self.read(actor, object, id).await;
        }
        self.is_open(&model, actor, known, declared, &before)?;
        idempotency::mark(&mut tx, actor, &known.name, Some(id)).await?;
        let mut values = before.values.clone();
        let mut changed = Vec::new();
        let mut set = |name: &str, value: Value| {
            if let Some(i) = known.index_of(name).filter(|_| !value.is_null()) {
                values[i] = value;
                changed.push(i);
            }
        };
        set(&declared.at, Value::Int(self.now()));
        set(&declared.by, Value::Id(me));
        let place = zhike_text::tidy(&input.place);
        set(&declared.place, if place.is_empty() { Value::Null } else { Value::Text(place) });
        set(&declared.latitude, degrees(known, &declared.latitude, input.latitude));
        set(&declared.longitude, degrees(known, &declared.longitude, input.longitude));
        let accuracy = input.accuracy.filter(|_| input.latitude.is_some());
        set(&declared.accuracy, accuracy.map_or(Value::Null, |metres| Value::Int(metres.ceil() as i64)));
        if let Some(photo) = photo {
            let made = self.attach_in(&mut tx, &model, actor, object, id, photo).await?;
            set(&declared.photo, Value::Id(made));
        }
        approval::refuse_held(&mut tx, known, id, Some(&changed)).await?;
        self.store(&mut tx, &model, actor, known, &before, values, &changed, ACTION, None, None).await?;
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }

    /// Whether the actor can check in at the record now.
    pub fn may_check_in(&self, actor: &Actor, record: &Record) -> bool {
        let Some(declared) = record.object.check_in.as_ref().filter(|_| actor.user_id.is_some()) else { return false };
        record.may_change
            && record.deleted_at().is_none()
            && record.value(&declared.at).is_null()
            && self.holds(actor, record, &declared.open)
    }

    /// Whether a condition over a record alone holds, for what its reader sees of it.
    pub fn holds(&self, actor: &Actor, record: &Record, condition: &str) -> bool {
        let model = self.model();
        let row = LocalRow { object: &record.object, values: &record.values, id: record.id };
        let parsed = expr::parse(&model, &record.object.name, condition, None);
        parsed.is_ok_and(|parsed| self.context(actor).holds(&parsed, &row))
    }

    fn is_open(
        &self,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        declared: &CheckIn,
        before: &Stored,
    ) -> Result<()> {
        let parsed = expr::parse(model, &object.name, &declared.open, None);
        let row = LocalRow { object, values: &before.values, id: before.id };
        let open = parsed.is_ok_and(|parsed| self.context(actor).holds(&parsed, &row));
        if open && !before.is_deleted(object) {
            return Ok(());
        }
        Err(Error::Conflict(Text::new(
            "现在不能签到：它已经结束或取消了。",
            "One cannot check in now: it is over or was cancelled.",
        )))
    }

    async fn photo(&self, name: &str, bytes: Vec<u8>) -> Result<files::Kept> {
        let kept = self.kept(name, bytes).await?;
        if kept.media_type.starts_with("image/") {
            return Ok(kept);
        }
        let message = Text::new(
            "照片要是 JPG、PNG、WEBP 或 GIF 图片。请换一张。",
            "The photo must be a JPG, PNG, WEBP or GIF image. Choose another.",
        );
        Err(Error::invalid("photo", "invalid", message))
    }
}

/// A value of a decimal field, as it is stored.
fn degrees(object: &Object, name: &str, degrees: Option<f64>) -> Value {
    let scale = match object.field(name).map(|field| &field.kind) {
        Some(FieldKind::Decimal { scale }) => *scale,
        _ => return Value::Null,
    };
    degrees.map_or(Value::Null, |degrees| {
        Value::Int((degrees * 10_f64.powi(i32::try_from(scale).unwrap_or_default())).round() as i64)
    })
}

/// What is said of where one is must be a place on earth.
fn checked(input: &CheckInInput) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, code: &'static str, zh: &'static str, en: &'static str| {
        errors.push(FieldError { field: field.to_owned(), code, message: Text::new(zh, en) });
    };
    let place = zhike_text::tidy(&input.place);
    if input.latitude.is_some_and(|degrees| !(-90.0..=90.0).contains(&degrees)) {
        wrong("latitude", "invalid", "纬度要在 -90 到 90 之间。", "A latitude lies between -90 and 90.");
    }
    if input.longitude.is_some_and(|degrees| !(-180.0..=180.0).contains(&degrees)) {
        wrong("longitude", "invalid", "经度要在 -180 到 180 之间。", "A longitude lies between -180 and 180.");
    }
    if input.latitude.is_some() != input.longitude.is_some() {
        wrong("latitude", "invalid", "纬度和经度要一起给。", "Give latitude and longitude together.");
    }
    if input.accuracy.is_some_and(|metres| !(0.0..=ACCURACY_MOST).contains(&metres)) {
        wrong("accuracy", "invalid", "定位误差要是 0 以上的米数。", "The accuracy is a number of metres, 0 or more.");
    }
    if place.is_empty() && input.latitude.is_none() {
        wrong(
            "place",
            "required",
            "没有取到定位，请写下您现在的地点。",
            "There is no position: write down where you are.",
        );
    }
    if place.chars().count() > 200 {
        wrong("place", "too_long", "地点最多 200 个字。", "A place has 200 characters at most.");
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}
