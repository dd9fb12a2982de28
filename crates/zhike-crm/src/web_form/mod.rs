//! 网页表单: what strangers fill in without signing in. It becomes a lead, or a word to whom the company is with already; whoever fills it
//! in reads the same either way, for they may not learn who is a customer.

use zhike_model::{Field, FieldKind};
use zhike_records::{Actor, Alike, Alikes, Band, Engine, Input, OnAlike, Record, Source};
use zhike_types::{Error, Lang, Result, Text, Uuid, Value};

#[cfg(test)]
mod tests;

const FORM: &str = "web_form";
const LEAD: &str = "lead";
/// Any of them reaches whoever filled it in.
const WAYS: [&str; 4] = ["mobile", "phone", "email", "wechat"];
/// Characters of an answer; a stranger needs no more.
const ANSWER_MOST: usize = 2_000;

/// Digits of a telephone number that can be called from anywhere.
const NUMBER_LEAST: usize = 7;

/// A form as anybody may see it.
#[derive(Debug, Clone)]
pub struct WebForm {
    pub id: Uuid,
    pub name: String,
    pub intro: String,
    pub notice: String,
    pub thanks: String,
    /// What it asks for, the name first.
    pub asks: Vec<Question>,
}

/// One thing that a form asks for: a lead's field.
#[derive(Debug, Clone)]
pub struct Question {
    pub name: String,
    pub label: Text,
    pub kind: FieldKind,
    pub required: bool,
}

/// The form, while it is open.
///
/// # Errors
/// `NotFound` when there is none, or it is closed.
pub async fn open(engine: &Engine, id: Uuid) -> Result<WebForm> {
    Ok(read(engine, id).await?.0)
}

async fn read(engine: &Engine, id: Uuid) -> Result<(WebForm, Record)> {
    let model = engine.model();
    let (Some(_), Some(lead)) = (model.object(FORM), model.object(LEAD)) else { return Err(Error::NotFound) };
    let record = engine.read(&Actor::system(Source::Form), FORM, id).await?;
    if record.deleted_at().is_some() || record.value("active").as_bool() != Some(true) {
        return Err(Error::NotFound);
    }
    let asked = record.value("asks").as_list();
    let question = |field: &Field| Question {
        name: field.name.clone(),
        label: field.label.clone(),
        kind: field.kind.clone(),
        required: field.name == lead.title,
    };
    let title = std::iter::once(lead.title_field());
    let others = asked.iter().filter_map(|name| lead.field(name)).filter(|field| !field.system && !field.read_only);
    let text = |name: &str| record.value(name).as_text().unwrap_or_default().to_owned();
    let form = WebForm {
        id,
        name: text("name"),
        intro: text("intro"),
        notice: text("notice"),
        thanks: text("thanks"),
        asks: title.chain(others).map(question).collect(),
    };
    Ok((form, record))
}

/// What somebody filled in. A company that is there already is not made twice: who has it is told, with what was written.
///
/// # Errors
/// `NotFound` as [`open`]; `Invalid` for what is missing or cannot be understood, and without agreement to the notice.
pub async fn fill(
    engine: &Engine,
    id: Uuid,
    given: &[(String, String)],
    agreed: bool,
    lang: Lang,
    address: &str,
) -> Result<()> {
    let (form, record) = read(engine, id).await?;
    let answers = answers(&form, given, agreed)?;
    let actor = Actor { name: form.name.as_str().into(), lang, address: address.into(), ..Actor::system(Source::Form) };
    let responsible = record.value("responsible").as_id();
    let by_rules = engine.has_assignment_rules(LEAD).await?;
    let mut input = Input::default();
    for (question, answer) in &answers {
        input = input.set(&question.name, answer.as_str());
    }
    if let Some(source) = record.value("lead_source").as_text() {
        input = input.set("source", source);
    }
    if let Some(book) = record.value("list_book").as_id() {
        input = input.set("list_book", book.to_string());
    }
    if let Some(user) = responsible.filter(|_| !by_rules) {
        input = input.set("owner", user.to_string());
    }
    input = input.known("web_form", Value::Id(id)).known("agreed_at", Value::Int(engine.now()));
    let made = match engine.create(&actor, LEAD, input.clone()).await {
        Ok(made) => made,
        Err(error) => {
            let Some(found) = Alikes::of(&error) else { return Err(error) };
            if let Some(known) = found.matches.iter().find(|one| one.band == Band::Same) {
                return tell(engine, &actor, known, &form, &answers).await;
            }
            let like = found.matches.iter().find_map(|one| one.record.as_ref()).map(Record::title);
            let reason = format!("{}：可能与「{}」重复", form.name, like.unwrap_or_default());
            input.duplicates = OnAlike::Allow { reason };
            engine.create(&actor, LEAD, input).await?
        }
    };
    if let Some(user) = responsible.filter(|_| by_rules && made.value("owner").is_null()) {
        engine.change(&actor, LEAD, made.id, None, Input::default().set("owner", user.to_string())).await?;
    }
    Ok(())
}

/// A note with the record that is there, and a task for whoever has it.
async fn tell(
    engine: &Engine,
    actor: &Actor,
    known: &Alike,
    form: &WebForm,
    answers: &[(&Question, String)],
) -> Result<()> {
    let Some(record) = &known.record else { return Ok(()) };
    let lines = answers.iter().map(|(question, answer)| format!("{}：{answer}", question.label.zh));
    let body = std::iter::once(format!("网页表单「{}」", form.name)).chain(lines).collect::<Vec<_>>().join("\n");
    let about = format!("{}:{}", record.object.name, record.id);
    engine.create(actor, "note", Input::default().set("about", about).set("body", body.as_str())).await?;
    let Some(owner) = record.value("owner").as_id() else { return Ok(()) };
    let task = Input::default()
        .set("subject", format!("{}在网页表单留言", record.title()))
        .set(&record.object.name, record.id.to_string())
        .set("owner", owner.to_string())
        .set("remark", body)
        .known("due_at", Value::Int(engine.now()));
    engine.create(actor, "task", task).await.map(drop)
}

/// What was answered, each tidied.
fn answers<'f>(form: &'f WebForm, given: &[(String, String)], agreed: bool) -> Result<Vec<(&'f Question, String)>> {
    let mut answers = Vec::new();
    for question in &form.asks {
        let answer = given.iter().find(|(name, _)| *name == question.name).map_or("", |(_, answer)| answer.trim());
        if answer.chars().count() > ANSWER_MOST {
            let message = Text::new("太长了，请写得短一些（最多 2000 字）。", "Too long: 2,000 characters at most.");
            return Err(Error::invalid(&question.name, "invalid", message));
        }
        let digits = answer.chars().filter(|c| c.is_numeric()).count();
        if question.kind == FieldKind::Phone && !answer.is_empty() && digits < NUMBER_LEAST {
            let message =
                Text::new("请填写完整的号码，座机加区号。", "Please give the whole number, with its area code.");
            return Err(Error::invalid(&question.name, "invalid", message));
        }
        if question.required && answer.is_empty() {
            return Err(Error::invalid(
                &question.name,
                "required",
                Text::new("请填写这一项。", "Please fill this in."),
            ));
        }
        if !answer.is_empty() {
            answers.push((question, answer.to_owned()));
        }
    }
    let way = form.asks.iter().find(|question| WAYS.contains(&question.name.as_str()));
    if let Some(way) = way
        && !answers.iter().any(|(question, _)| WAYS.contains(&question.name.as_str()))
    {
        let message = Text::new("请至少留一种联系方式。", "Please leave one way at least to reach you.");
        return Err(Error::invalid(&way.name, "required", message));
    }
    if !agreed {
        let message = Text::new("请先阅读个人信息告知并勾选同意。", "Please read the privacy notice and agree to it.");
        return Err(Error::invalid("agreed", "required", message));
    }
    Ok(answers)
}
