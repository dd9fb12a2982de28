//! Measures are of things that are there: a number, a date, a person. Their names are the options of what targets are set for.

use std::collections::HashMap;

use zhike_types::{Text, text};

use super::{
    super::place::Problems,
    expressions::has_constant,
    names::{bad_name, is_name},
};
use crate::{
    Field, FieldKind, Measure, Model, Object, SelectOption,
    expr::{self, Type},
    measure::is_user,
};

/// Fills selects whose options are the measures.
pub(super) fn name_options(objects: &mut [Object]) {
    let options: Vec<SelectOption> = objects
        .iter()
        .flat_map(|object| &object.measures)
        .map(|measure| SelectOption {
            key: measure.name.clone(),
            label: measure.label.clone(),
            tone: None,
            retired: false,
            synonyms: Vec::new(),
        })
        .collect();
    for field in objects.iter_mut().flat_map(|object| &mut object.fields).filter(|field| field.measures) {
        field.kind = FieldKind::Select { options: options.clone() };
    }
}

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    let mut met: HashMap<&str, &str> = HashMap::new();
    for (object, measure) in model.measures() {
        let checker = Checker { model, object, problems, path: format!("{}/measure/{}", object.name, measure.name) };
        checker.measure(measure);
        if let Some(other) = met.insert(&measure.name, &object.name) {
            let name = &measure.name;
            checker.under(
                "name",
                text!(
                    "指标“{name}”在 {other} 里已经有了，请换一个名称。",
                    "{other} has a measure `{name}` already. Choose another name."
                ),
            );
        }
    }
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    problems: &'a Problems<'a>,
    path: String,
}

impl Checker<'_> {
    fn under(&self, key: &str, message: Text) {
        self.problems.under(&format!("{}/{key}", self.path), message);
    }

    fn measure(&self, measure: &Measure) {
        if !is_name(&measure.name) {
            self.under("name", bad_name(&measure.name));
        }
        if let Some(sum) = &measure.sum
            && !self.object.field(sum).is_some_and(|field| field.kind.is_number())
        {
            self.under(
                "sum",
                text!(
                    "sum 要是本对象的一个数字字段，“{sum}”不是。只数个数就不写 sum。",
                    "`sum` must be a number of this object; `{sum}` is not. To count records leave it out."
                ),
            );
        }
        let at = &measure.at;
        self.field(
            "at",
            at,
            |field| matches!(field.kind.value_kind(), FieldKind::Date | FieldKind::DateTime),
            text!(
                "at 要是日期字段，可以隔着引用，例如 signed_on、opportunity.closed_at；“{at}”不是。",
                "`at` must be a date, behind references if need be, such as signed_on or opportunity.closed_at; `{at}` is not."
            ),
        );
        let credit = &measure.credit;
        self.field(
            "credit",
            credit,
            |field| is_user(&field.kind),
            text!(
                "credit 要是指向用户的字段，例如 owner、opportunity.owner；“{credit}”不是。",
                "`credit` must refer to a user, such as owner or opportunity.owner; `{credit}` does not."
            ),
        );
        if let Some(product) = &measure.product {
            self.field(
                "product",
                product,
                |field| matches!(field.kind, FieldKind::Reference { .. }),
                text!(
                    "product 要是引用字段，例如 product；“{product}”不是。",
                    "`product` must be a reference, such as product; `{product}` is not."
                ),
            );
        }
        self.splits(measure);
        self.filter(measure);
    }

    fn field(&self, key: &str, path: &str, fits: impl Fn(&Field) -> bool, message: Text) {
        if !self.model.reach(self.object, path).is_some_and(|reached| fits(reached.field)) {
            self.under(key, message);
        }
    }

    fn splits(&self, measure: &Measure) {
        let Some(splits) = &measure.splits else { return };
        if self.model.parts(self.object, splits).is_none() {
            self.under(
                "splits",
                text!(
                    "splits 要是一种关系，对方有一个指向用户的字段和一个百分比字段，例如 opportunity.splits；“{splits}”不是。",
                    "`splits` must be a relation to records with a reference to a user and a per cent, such as opportunity.splits; `{splits}` is not."
                ),
            );
        }
        if measure.sum.is_none() {
            self.under(
                "splits",
                Text::new(
                    "只数个数的指标不能按比例分。请写 sum，或者删掉 splits。",
                    "What is only counted cannot be shared out. Say what to `sum`, or remove `splits`.",
                ),
            );
        }
    }

    fn filter(&self, measure: &Measure) {
        if measure.filter.trim().is_empty() {
            return;
        }
        match expr::parse(self.model, &self.object.name, &measure.filter, Some(Type::Bool)) {
            Err(error) => self.problems.inside(&format!("{}/filter", self.path), error.at, error.message),
            Ok(expr) if has_constant(&expr) => self.under(
                "filter",
                Text::new(
                    "指标的条件不能用 now、today、me：同一时期的数字要对谁、什么时候都一样。",
                    "A measure's filter cannot use now, today or me: a period's figure is the same for everybody at any time.",
                ),
            ),
            Ok(_) => {}
        }
    }
}
