//! What the sales pack asks of the engine: stages that are records, rules, first records, children of several parents, money that
//! adds up.

mod belonging;
mod copying;
mod currencies;
mod locks;
mod money;
mod prices;
mod rules;
mod stages;
mod visits;

use zhike_types::{Error, FieldError, Uuid, Value};

use super::Site;
use crate::{Input, ListQuery, Record};

/// The stage of the standard pipeline by its name.
async fn stage(site: &Site, name: &str) -> Uuid {
    all(site, "pipeline_stage").await.iter().find(|stage| text(stage, "name") == name).expect("a stage").id
}

async fn all(site: &Site, object: &str) -> Vec<Record> {
    let query = ListQuery { object: object.to_owned(), limit: 1_000, ..ListQuery::default() };
    site.engine.list(&site.admin, &query).await.expect("a list").records
}

fn text(record: &Record, field: &str) -> String {
    record.value(field).as_text().unwrap_or_default().to_owned()
}

fn minor(record: &Record, field: &str) -> i64 {
    match record.value(field) {
        Value::Money(money) => money.minor,
        value => panic!("{field} is {value:?}"),
    }
}

fn input(fields: &[(&str, &str)]) -> Input {
    fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text))
}

/// What the engine says of a change.
async fn change(site: &Site, record: &Record, fields: &[(&str, &str)]) -> Result<Record, Vec<FieldError>> {
    match site.engine.change(&site.admin, &record.object.name, record.id, None, input(fields)).await {
        Ok(record) => Ok(record),
        Err(Error::Invalid(errors)) => Err(errors),
        Err(error) => panic!("{error}"),
    }
}

/// What the engine says of a record that cannot be made.
async fn refused(site: &Site, object: &str, fields: &[(&str, &str)]) -> Vec<FieldError> {
    match site.engine.create(&site.admin, object, input(fields)).await {
        Err(Error::Invalid(errors)) => errors,
        Ok(_) => panic!("{object} {fields:?} was made"),
        Err(error) => panic!("{error}"),
    }
}

fn fields(errors: &[FieldError]) -> Vec<&str> {
    errors.iter().map(|error| error.field.as_str()).collect()
}
