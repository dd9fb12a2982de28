//! A conversion ends in a stage, remembers what a record became, and fills fields with what they can hold.

use zhike_types::{Text, text};

use super::{
    super::{place::Problems, table::unknown_word},
    expressions::type_of,
};
use crate::{
    Conversion, ConversionTarget, Field, FieldKind, Model, Object,
    expr::{self, Expr, Literal, Type},
};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        if let Some(conversion) = &object.convert {
            Checker { model, object, problems }.conversion(conversion);
        }
    }
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    problems: &'a Problems<'a>,
}

impl Checker<'_> {
    fn under(&self, path: &str, message: Text) {
        self.problems.under(&format!("{}/convert/{path}", self.object.name), message);
    }

    fn filling(&self) -> Filling<'_> {
        Filling {
            model: self.model,
            object: self.object,
            problems: self.problems,
            path: format!("{}/convert", self.object.name),
        }
    }

    fn unknown(&self, path: &str, name: &str, object: &Object) {
        self.under(path, unknown_word(name, object.fields.iter().map(|field| field.name.as_str())));
    }

    fn conversion(&self, conversion: &Conversion) {
        match self.object.flows.iter().find(|flow| flow.field == conversion.field) {
            None => {
                let name = &conversion.field;
                self.under(
                    "field",
                    text!(
                        "转化要有流程：请给“{name}”加上 [[flow]]。",
                        "A conversion ends in a stage of a flow: give `{name}` a [[flow]]."
                    ),
                );
            }
            Some(flow) if flow.stages.iter().all(|stage| stage.key != conversion.stage) => {
                self.under(
                    "stage",
                    unknown_word(&conversion.stage, flow.stages.iter().map(|stage| stage.key.as_str())),
                );
            }
            Some(_) => {}
        }
        for (i, name) in conversion.open.iter().enumerate() {
            if self.object.field(name).is_none() {
                self.unknown(&format!("open/{i}"), name, self.object);
            }
        }
        for (i, target) in conversion.targets.iter().enumerate() {
            self.target(target, &conversion.targets[..i]);
        }
    }

    fn target(&self, target: &ConversionTarget, before: &[ConversionTarget]) {
        let at = |key: &str| format!("{}/{key}", target.object);
        let name = &target.object;
        let Some(object) = self.model.object(name) else {
            let known = self.model.objects().iter().map(|object| object.name.as_str());
            self.under(&at("object"), unknown_word(name, known));
            return;
        };
        if before.iter().any(|other| other.object == *name) {
            self.under(name, text!("“{name}”出现了两次，请删掉一个。", "`{name}` stands here twice. Remove one."));
        }
        let refers = |object: &Object, to: &str| {
            object.fields.iter().any(|field| matches!(&field.kind, FieldKind::Reference { object, .. } if object == to))
        };
        if let Some(first) = before.first().filter(|first| !refers(object, &first.object)) {
            let first = &first.object;
            self.under(
                &at("object"),
                text!(
                    "{name} 没有引用 {first} 的字段，不知道属于谁。",
                    "{name} has no reference to {first}: it must say whose it is."
                ),
            );
        }
        let remembers = |field: &&Field| {
            field.read_only && matches!(&field.kind, FieldKind::Reference { object, .. } if object == name)
        };
        if !self.object.field(&target.into).is_some_and(|field| remembers(&field)) {
            let into = &target.into;
            self.under(
                &at("into"),
                text!(
                    "“{into}”要是引用 {name} 的只读字段（read_only = true）：系统在里面记下转成了谁。",
                    "`{into}` must be a read-only reference to {name}: there the system notes what it became."
                ),
            );
        }
        if let Some(when) = &target.when {
            self.filling().local(when, Some(Type::Bool), &at("when"));
        }
        for (i, field) in target.asks.iter().enumerate() {
            match object.field(field) {
                None => self.unknown(&at(&format!("asks/{i}")), field, object),
                Some(known) if known.read_only => self.under(
                    &at(&format!("asks/{i}")),
                    text!(
                        "“{field}”由系统填写，不能在表单里问。",
                        "`{field}` is written by the system: a form cannot ask for it."
                    ),
                ),
                Some(_) => {}
            }
        }
        for (field, expression) in &target.fill {
            self.filling().fill(object, field, expression, &at(&format!("fill/{field}")));
        }
    }
}

/// Fields of a new record that are filled by expressions over another.
pub(super) struct Filling<'a> {
    pub model: &'a Model,
    /// The one that the expressions read.
    pub object: &'a Object,
    pub problems: &'a Problems<'a>,
    /// Under which places are named.
    pub path: String,
}

impl Filling<'_> {
    fn under(&self, path: &str, message: Text) {
        self.problems.under(&format!("{}/{path}", self.path), message);
    }

    pub(super) fn fill(&self, target: &Object, name: &str, expression: &str, path: &str) {
        let Some(field) = target.field(name) else {
            self.under(path, unknown_word(name, target.fields.iter().map(|field| field.name.as_str())));
            return;
        };
        let unfit = matches!(
            field.kind,
            FieldKind::AnyReference { .. }
                | FieldKind::Reference { .. }
                | FieldKind::File
                | FieldKind::Image
                | FieldKind::Json
        );
        if unfit || field.read_only || field.system {
            self.under(
                path,
                text!(
                    "“{name}”不能这样填：引用、文件和系统字段不行。",
                    "`{name}` cannot be filled so: references, files and the system's fields cannot."
                ),
            );
            return;
        }
        let Some(parsed) = self.local(expression, Some(type_of(&field.kind)), path) else { return };
        let Some(key) = self.strange_key(&parsed, field) else { return };
        self.under(path, unknown_word(&key, field.kind.options().iter().map(|option| option.key.as_str())));
    }

    /// An expression that reads nothing but the record itself.
    fn local(&self, expression: &str, ty: Option<Type>, path: &str) -> Option<Expr> {
        match expr::parse(self.model, &self.object.name, expression, ty) {
            Ok(parsed) if expr::needs(&parsed).is_local() => Some(parsed),
            Ok(_) => {
                self.under(path, Text::new("这里只能用本记录的字段。", "This reads the record's own fields only."));
                None
            }
            Err(error) => {
                self.problems.inside(&format!("{}/{path}", self.path), error.at, error.message);
                None
            }
        }
    }

    /// A key that an expression may give and the field does not have.
    fn strange_key(&self, parsed: &Expr, field: &Field) -> Option<String> {
        let options = field.kind.options();
        let strange = |key: &str| options.iter().all(|option| option.key != key).then(|| key.to_owned());
        match parsed {
            _ if options.is_empty() => None,
            Expr::Literal(Literal::Text(key)) => strange(key),
            Expr::Field(path) => {
                let own = self.object.field(&path.field)?;
                own.kind.options().iter().find_map(|option| strange(&option.key))
            }
            // what a condition leaves over cannot be told by its type: only what is written out is looked at
            Expr::If { then, otherwise, .. } => [then, otherwise].into_iter().find_map(|branch| match &**branch {
                Expr::Literal(Literal::Text(key)) => strange(key),
                _ => None,
            }),
            _ => None,
        }
    }
}
