//! 新品告知: choose a product, see who of the roster would be told, then give each of them to the keeper as a task. And taking it back.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode};
use zhike_crm::notice::{NoticeWish, Recipient, give_notice, recipients, take_back_notice};
use zhike_model::SortKey;
use zhike_records::{ListQuery, Record};
use zhike_types::{Error, FieldError, Lang, Text, Uuid, date_of, days_of};

use super::PLACE;
use crate::{
    fault::{Answer, Fault},
    form::Choice,
    frame::{Frame, html_as},
    link::Pairs,
    session::{Flash, Signed},
    ui,
    value::title_of,
    words::{Say, t},
};

/// Within how many days a new product is told, unless somebody says otherwise.
const DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "roster/notice.html")]
struct NoticePage {
    frame: Frame,
    lang: Lang,
    id: String,
    products: Vec<Choice>,
    subject: String,
    content: String,
    due_on: String,
    /// Once a product is chosen.
    people: Option<Vec<Person>>,
    chosen: usize,
    errors: Vec<FieldError>,
}

struct Person {
    id: String,
    name: String,
    note: String,
    tone: &'static str,
    on: bool,
    off: bool,
}

impl NoticePage {
    fn error(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message.get(self.lang).to_owned())
    }
}

pub async fn form(signed: Signed, Path(id): Path<String>) -> Answer {
    let roster = roster(&signed, &id).await?;
    html_as(StatusCode::OK, &page(&signed, &roster, &Pairs::default(), Vec::new()).await?)
}

async fn roster(signed: &Signed, id: &str) -> Result<Record, Fault> {
    Ok(signed.app.engine.read(&signed.actor, "roster", crate::pages::id(id)?).await?)
}

/// Shows who would be told or, once that was seen, gives it.
pub async fn make(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let roster = roster(&signed, &id).await?;
    let product = pairs.get("product").and_then(|id| Uuid::parse_str(id).ok());
    let Some(product) = product else {
        let message = Text::new("请选择产品。", "Choose a product.");
        let errors = vec![FieldError { field: "product".to_owned(), code: "required", message }];
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&signed, &roster, &pairs, errors).await?);
    };
    if pairs.get("_do") != Some("give") {
        return html_as(StatusCode::OK, &page(&signed, &roster, &pairs, Vec::new()).await?);
    }
    let due = pairs.get("due_on").and_then(|text| text.parse().ok()).map(days_of);
    let wish = NoticeWish {
        roster: roster.id,
        product,
        subject: pairs.get("subject").unwrap_or_default().to_owned(),
        content: pairs.get("content").unwrap_or_default().to_owned(),
        due_on: due.unwrap_or_default(),
        accounts: pairs.all("account").filter_map(|id| Uuid::parse_str(id).ok()).collect(),
    };
    match give_notice(&signed.app.engine, &signed.actor, &wish).await {
        Ok(notice) => {
            let count = wish.accounts.len();
            let said = t!(signed.lang(), "已安排告知 {count} 个客户", "{count} customers are to be told");
            Ok(Flash::new(said)
                .undo(format!("/product_notice/{notice}/withdraw"))
                .redirect(&format!("/product_notice/{notice}")))
        }
        Err(Error::Invalid(errors)) => {
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&signed, &roster, &pairs, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn take_back(signed: Signed, Path(id): Path<String>) -> Answer {
    let id = crate::pages::id(&id)?;
    let taken = take_back_notice(&signed.app.engine, &signed.actor, id).await?;
    let (lang, tasks) = (signed.lang(), taken.tasks);
    let said = match taken.done {
        0 => t!(lang, "已撤回，{tasks} 条待办一并撤掉", "Taken back, with {tasks} tasks"),
        done => t!(
            lang,
            "已撤回 {tasks} 条待办；{done} 条已完成的保留",
            "Taken back {tasks} tasks; {done} that were done stay"
        ),
    };
    Ok(Flash::new(said).redirect(&format!("/product_notice/{id}")))
}

async fn page(signed: &Signed, roster: &Record, pairs: &Pairs, errors: Vec<FieldError>) -> Result<NoticePage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let query = ListQuery {
        object: "product".to_owned(),
        filter: "active".to_owned(),
        fields: Some(vec!["name".to_owned()]),
        // the newest is what there is news of
        sort: vec![SortKey { field: "created_at".to_owned(), descending: true }],
        limit: 500,
        lenient: true,
        ..ListQuery::default()
    };
    let product = pairs.get("product").and_then(|id| Uuid::parse_str(id).ok());
    let products = match engine.list(&signed.actor, &query).await {
        Ok(page) => page.records,
        Err(Error::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let named = products.iter().find(|one| Some(one.id) == product).map(|one| title_of(engine, one, lang));
    let choice = |one: &Record| Choice::new(&one.id.to_string(), &title_of(engine, one, lang), Some(one.id) == product);
    let people = match product {
        Some(product) => Some(recipients(engine, &signed.actor, roster.id, product).await?),
        None => None,
    };
    let ticked: Vec<&str> = pairs.all("account").collect();
    let seen = pairs.get("seen") == product.map(|id| id.to_string()).as_deref() && product.is_some();
    let person = |one: &Recipient| {
        let id = one.account.id.to_string();
        let (note, tone) = match (one.told, one.holds) {
            (true, _) => (lang.t("已安排告知", "to be told already"), "gray"),
            (false, true) => (lang.t("已持有", "has it"), "green"),
            (false, false) => ("", ""),
        };
        Person {
            name: title_of(engine, &one.account, lang),
            note: note.to_owned(),
            tone,
            on: !one.told && if seen { ticked.contains(&id.as_str()) } else { !one.holds },
            off: one.told,
            id,
        }
    };
    let people: Option<Vec<Person>> = people.map(|people| people.iter().map(person).collect());
    let today = engine.zone().day_of(engine.now());
    let due = pairs.any("due_on").map(str::to_owned);
    let usual = named.map(|name| t!(lang, "新品推荐：{name}", "New product: {name}")).unwrap_or_default();
    Ok(NoticePage {
        frame: Frame::new(signed, lang.t("新品告知", "New product"), PLACE)
            .crumb(lang.t("名单", "Rosters"), PLACE)
            .crumb(title_of(engine, roster, lang), format!("{PLACE}/{}", roster.id)),
        lang,
        id: roster.id.to_string(),
        products: products.iter().map(choice).collect(),
        subject: pairs.get("subject").filter(|_| seen).map_or(usual, str::to_owned),
        content: pairs.get("content").unwrap_or_default().to_owned(),
        due_on: due.unwrap_or_else(|| date_of(today + DAYS).map(|date| date.to_string()).unwrap_or_default()),
        chosen: people.iter().flatten().filter(|person| person.on).count(),
        people,
        errors,
    })
}
