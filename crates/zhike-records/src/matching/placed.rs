//! One name in two cities is two companies: 宏达商贸有限公司 is registered in many.

use std::sync::{Arc, LazyLock};

use zhike_match::{Kind, Level, Line, Matcher, Weights};
use zhike_model::Object;
use zhike_types::Value;

use super::{
    plan::fields,
    stored::{CUSTOMER, features, texts},
};

/// The fields that tell where an organisation is.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    object: Arc<Object>,
    fields: Vec<(usize, usize)>,
}

impl Placed {
    pub(crate) fn of(object: &Object) -> Self {
        let mut fields = fields(&CUSTOMER, object, Kind::Organisation);
        fields.retain(|(_, to)| {
            matches!(CUSTOMER.comparisons[*to].kind, Kind::Organisation | Kind::Region | Kind::Address)
        });
        Self { object: Arc::new(object.clone()), fields }
    }

    /// Whether two organisations of one name are in two cities, or, where no city is known, at two addresses.
    pub(crate) fn apart(&self, one: &[Value], other: &[Value]) -> bool {
        static MATCHER: LazyLock<Matcher<'static>> =
            LazyLock::new(|| Matcher::new(&CUSTOMER, &Weights::shipped(&CUSTOMER)));
        let [one, other] = [one, other].map(|values| features(&texts(&self.object, &self.fields, values)));
        let explained = MATCHER.explain(one.view(), other.view());
        let level = |kind| {
            let of_kind = |line: &&Line| CUSTOMER.comparisons[line.comparison].kind == kind;
            explained.lines.iter().find(of_kind).map_or(Level::Missing, |line| line.level)
        };
        match level(Kind::Region) {
            Level::Different | Level::Contrary => true,
            Level::Missing => level(Kind::Address) == Level::Different,
            _ => false,
        }
    }
}
