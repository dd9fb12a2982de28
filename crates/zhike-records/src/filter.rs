//! Expressions at work: filters of lists, conditions of rules, formulas; with what the moment and the actor give.

use zhike_db::{Dialect, Sql};
use zhike_model::{Field, FieldKind, Model, Object, expr};
use zhike_types::{Error, Result, Uuid, Value, text};

use crate::{
    Actor, Engine, FieldRight,
    access::{self, Need},
    expression::{self, Translation},
};

/// What expressions are asked with: the moment, the place, the actor.
pub(crate) struct Context<'a> {
    pub actor: &'a Actor,
    pub scope: expr::Scope,
    /// Formulas, roll-ups and gates are the model's own: they see every record. A person's filter sees what the person sees.
    pub bounded: bool,
}

/// A record in hand, for conditions that read nothing else.
pub(crate) struct LocalRow<'a> {
    pub object: &'a Object,
    pub values: &'a [Value],
    pub id: Uuid,
}

impl expr::Record for LocalRow<'_> {
    fn value(&self, field: &str) -> Value {
        if field == "id" {
            return Value::Id(self.id);
        }
        self.object.index_of(field).map_or(Value::Null, |i| self.values[i].clone())
    }

    fn follow(&self, _: &str) -> Option<&dyn expr::Record> {
        None
    }

    fn related(&self, _: &str) -> Vec<&dyn expr::Record> {
        Vec::new()
    }
}

impl Engine {
    /// The scope of this moment for the actor.
    pub(crate) fn scope(&self, actor: &Actor) -> expr::Scope {
        let now = self.now();
        let offset =
            jiff::Timestamp::from_millisecond(now).map_or(0, |at| self.0.zone.time_zone().to_offset(at).seconds());
        expr::Scope::at(now, i64::from(offset), actor.user_id, actor.department_id)
    }

    pub(crate) fn context<'a>(&self, actor: &'a Actor) -> Context<'a> {
        Context { actor, scope: self.scope(actor), bounded: false }
    }

    /// A person's filter as a condition over `t`; none when it is empty.
    pub(crate) fn filter(&self, model: &Model, object: &Object, actor: &Actor, filter: &str) -> Result<Option<Sql>> {
        if filter.trim().is_empty() {
            return Ok(None);
        }
        let parsed = expr::parse_condition(model, &object.name, filter).map_err(|error| {
            let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
            Error::invalid(
                "filter",
                "invalid",
                text!("筛选条件第 {at} 个字处有误：{zh}", "The filter is wrong at character {at}: {en}"),
            )
        })?;
        let context = Context { bounded: true, ..self.context(actor) };
        context.translate(model, &parsed, "t", self.0.db.dialect()).map(Some)
    }
}

impl Context<'_> {
    pub fn holds(&self, parsed: &expr::Expr, row: &LocalRow<'_>) -> bool {
        expr::holds(parsed, row, &self.scope)
    }

    /// The value of an expression for a field of a record in hand.
    pub fn evaluate(&self, parsed: &expr::Expr, row: &LocalRow<'_>, field: &Field) -> Value {
        expr::store(&expr::eval(parsed, row, &self.scope), &field.kind)
    }

    /// A condition of the model as SQL over `alias`.
    pub fn condition(
        &self,
        model: &Model,
        object: &Object,
        condition: &str,
        alias: &str,
        dialect: Dialect,
    ) -> Result<Sql> {
        let parsed = expr::parse_condition(model, &object.name, condition)
            .map_err(|error| Error::internal(error.to_string()))?;
        self.translate(model, &parsed, alias, dialect)
    }

    /// A formula field's value as SQL over `t`, as it is stored.
    pub fn formula(&self, model: &Model, object: &Object, field: &Field, dialect: Dialect) -> Result<Sql> {
        let FieldKind::Formula { expression, .. } = &field.kind else { return Err(Error::internal("no formula")) };
        let parsed =
            expr::parse(model, &object.name, expression, None).map_err(|error| Error::internal(error.to_string()))?;
        let mut sql = Sql::default();
        expression::stored_value(&self.translation(model, dialect), &parsed, &field.kind, "t", &mut sql)?;
        Ok(sql)
    }

    fn translate(&self, model: &Model, parsed: &expr::Expr, alias: &str, dialect: Dialect) -> Result<Sql> {
        let mut sql = Sql::new("(");
        expression::condition(&self.translation(model, dialect), parsed, alias, &mut sql)?;
        sql.push(")");
        Ok(sql)
    }

    fn translation<'m>(&'m self, model: &'m Model, dialect: Dialect) -> Translation<'m> {
        Translation { model, dialect, scope: &self.scope, access: self }
    }
}

impl expression::Access for Context<'_> {
    /// The actor's predicate on records that the expression reaches: those it may not see do not exist.
    fn records(&self, model: &Model, object: &Object, alias: &str, sql: &mut Sql) -> bool {
        if !self.bounded || access::reach(object, self.actor, Need::Read) == access::Reach::All {
            return false;
        }
        access::predicate(model, object, self.actor, Need::Read, alias, sql);
        true
    }

    /// A field that is masked or hidden may not be asked about: the answer would tell its value.
    fn field(&self, object: &Object, field: &Field) -> Result<()> {
        if !self.bounded || self.actor.rights.field(&object.name, field) >= FieldRight::Read {
            return Ok(());
        }
        crate::list::refuse_unreadable(object, self.actor, field, "filter")
    }
}

/// The columns of the record itself by which a filter narrows: what the index that serves it is made of.
#[derive(Debug, Default)]
pub(crate) struct FilterColumns {
    /// Held equal to a value, in the order they stand.
    pub equal: Vec<String>,
    /// Wanted to be one of several values, or not to be true.
    pub among: Vec<String>,
    /// Wanted to be one of several keys: column and keys.
    pub keys: Vec<(String, Vec<String>)>,
}

impl FilterColumns {
    pub fn of(model: &Model, object: &Object, filter: &str) -> Self {
        let mut columns = Self::default();
        let Ok(parsed) = expr::parse_condition(model, &object.name, filter) else { return columns };
        let all: Vec<&expr::Expr> = match &parsed {
            expr::Expr::And(parts) => parts.iter().collect(),
            one => vec![one],
        };
        for part in all {
            let (path, among) = match part {
                expr::Expr::EqualStored(path, constant) if constant.is_constant() => (path, &mut columns.equal),
                expr::Expr::Equal(left, right) => match (&**left, &**right) {
                    (expr::Expr::Field(path), constant) | (constant, expr::Expr::Field(path))
                        if constant.is_constant() =>
                    {
                        (path, &mut columns.equal)
                    }
                    _ => continue,
                },
                expr::Expr::Field(path) => (path, &mut columns.equal),
                expr::Expr::In { item, list, null } => match &**item {
                    expr::Expr::Field(path) => {
                        if let (Some(keys), false) = (keys_of(list), *null)
                            && let Some(column) = own_column(object, path)
                        {
                            columns.keys.push((column, keys));
                            continue;
                        }
                        (path, &mut columns.among)
                    }
                    _ => continue,
                },
                expr::Expr::Not(inner) => match &**inner {
                    expr::Expr::Field(path) => (path, &mut columns.among),
                    _ => continue,
                },
                _ => continue,
            };
            if let Some(column) = own_column(object, path)
                && !among.contains(&column)
            {
                among.push(column);
            }
        }
        columns
    }
}

fn own_column(object: &Object, path: &expr::Path) -> Option<String> {
    let own = path.var == 0 && path.steps.is_empty() && path.stored != expr::Stored::Currency;
    object.field(&path.field).filter(|_| own).map(Field::column)
}

/// The items of a list that holds keys and nothing else.
fn keys_of(list: &[expr::Expr]) -> Option<Vec<String>> {
    list.iter()
        .map(|item| match item {
            expr::Expr::Literal(expr::Literal::Text(text)) if zhike_db::is_key(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}
