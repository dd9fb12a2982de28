//! A new hand-over: who leaves, who gets what; first what would go where, then the deed.

use std::sync::Arc;

use askama::Template;
use axum::{Form, extract::Query, http::StatusCode};
use zhike_model::{Access, Object};
use zhike_records::{HandoverInput, HandoverPart, HandoverPlan, WhyLeft};
use zhike_types::{Error, FieldError, Lang, Uuid};

use super::{DUTY, Names, PLACE, counted};
use crate::{
    fault::{Answer, Fault},
    form::{Choice, Control, Kind},
    frame::{Frame, html_as},
    link::Pairs,
    pages::admin::needs,
    session::{Flash, Signed},
    ui,
    words::{Say, t},
};

/// Parts of an object on the form, and receivers of each.
const PARTS: usize = 3;
const RECEIVERS: usize = 3;

#[derive(Template)]
#[template(path = "handover/new.html")]
struct NewPage {
    frame: Frame,
    lang: Lang,
    from: Control,
    /// What the leaver has, in words.
    has: Option<String>,
    objects: Vec<ObjectParts>,
    rest: Control,
    reason: String,
    reason_error: Option<String>,
    problem: Option<String>,
    plan: Option<PlanLines>,
}

/// The parts of one object.
struct ObjectParts {
    label: String,
    parts: Vec<PartFields>,
    /// More than the first one are in use.
    open: bool,
}

struct PartFields {
    /// Which of them: everything, or what a view shows.
    which: Control,
    to: Vec<Control>,
}

struct PlanLines {
    /// Receiver and what they get.
    lines: Vec<(String, String)>,
    left: Vec<String>,
    total: i64,
}

impl NewPage {
    /// How many records would go, once that was asked.
    fn total(&self) -> Option<i64> {
        self.plan.as_ref().map(|plan| plan.total).filter(|total| *total > 0)
    }
}

/// The form; with somebody chosen, what they have.
pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    needs(&signed, DUTY)?;
    html_as(StatusCode::OK, &page(&signed, &pairs, &[], None).await?)
}

/// Shows what would go where or, once that was seen, does it.
pub async fn make(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, DUTY)?;
    let engine = &signed.app.engine;
    let input = match input(&signed, &pairs).await? {
        Ok(input) => input,
        Err(errors) => return refused(&signed, &pairs, &errors).await,
    };
    let done = if pairs.get("_do") == Some("give") {
        engine.hand_over(&signed.actor, &input).await.map(Done::Given)
    } else {
        engine.handover_plan(&signed.actor, &input).await.map(Done::Planned)
    };
    match done {
        Ok(Done::Planned(plan)) => html_as(StatusCode::OK, &page(&signed, &pairs, &[], Some(&plan)).await?),
        Ok(Done::Given(made)) => {
            let what = counted(&signed, &made.lines);
            let said = t!(signed.lang(), "已交接：{what}", "Handed over: {what}");
            Ok(Flash::new(said).undo(format!("{PLACE}/{}/undo", made.id)).redirect(PLACE))
        }
        Err(Error::Invalid(errors)) => refused(&signed, &pairs, &errors).await,
        Err(error) => Err(error.into()),
    }
}

enum Done {
    Planned(HandoverPlan),
    Given(zhike_records::Handover),
}

async fn refused(signed: &Signed, pairs: &Pairs, errors: &[FieldError]) -> Answer {
    html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(signed, pairs, errors, None).await?)
}

/// The objects that are handed over by themselves, as far as one may change some of them.
fn objects(signed: &Signed) -> Vec<Arc<Object>> {
    let engine = &signed.app.engine;
    let own = |object: &Object| object.access == Access::Owned;
    let may = |object: &Object| engine.may(&signed.actor, &object.name).change;
    engine.model().objects().iter().filter(|object| own(object) && may(object)).cloned().collect()
}

/// What was chosen. A part without receivers is none.
async fn input(signed: &Signed, pairs: &Pairs) -> Result<Result<HandoverInput, Vec<FieldError>>, Fault> {
    let id = |name: &str| pairs.get(name).and_then(|text| Uuid::parse_str(text.trim()).ok());
    let Some(from) = id("from") else {
        let message = zhike_types::Text::new("请选择谁的客户要交接。", "Choose whose records go.");
        return Ok(Err(vec![FieldError { field: "from".to_owned(), code: "required", message }]));
    };
    let mut parts = Vec::new();
    for object in objects(signed) {
        let views = signed.app.engine.views(&signed.actor, &object.name).await?;
        for n in 0..PARTS {
            let to: Vec<Uuid> = (0..RECEIVERS).filter_map(|i| id(&format!("{}.{n}.to.{i}", object.name))).collect();
            if to.is_empty() {
                continue;
            }
            let which = pairs.get(&format!("{}.{n}.which", object.name)).unwrap_or_default();
            let view = views.iter().find(|view| key_of(view) == which);
            let filter = view.map(|view| view.view.filter.clone()).unwrap_or_default();
            parts.push(HandoverPart { object: object.name.clone(), filter, to });
        }
    }
    if parts.is_empty() && id("rest").is_none() {
        let message = zhike_types::Text::new("请选择接收人。", "Choose who gets them.");
        return Ok(Err(vec![FieldError { field: "parts".to_owned(), code: "required", message }]));
    }
    let reason = pairs.get("reason").unwrap_or_default().to_owned();
    Ok(Ok(HandoverInput { from, parts, rest: id("rest"), reason }))
}

fn key_of(view: &zhike_records::SavedView) -> String {
    if view.id.is_nil() { view.view.name.clone() } else { view.id.to_string() }
}

async fn page(
    signed: &Signed,
    pairs: &Pairs,
    errors: &[FieldError],
    plan: Option<&HandoverPlan>,
) -> Result<NewPage, Fault> {
    let lang = signed.lang();
    let said =
        |field: &str| errors.iter().find(|error| error.field == field).map(|error| error.message.get(lang).to_owned());
    let mut names = Names::default();
    let mut pick = Picks { signed, pairs, names: &mut names };
    let from = pick.control("from", lang.t("谁的记录", "Whose records"), true, said("from")).await?;
    let mut all = Vec::new();
    for object in objects(signed) {
        let views = signed.app.engine.views(&signed.actor, &object.name).await?;
        let mut parts = Vec::new();
        for n in 0..PARTS {
            let name = format!("{}.{n}.which", object.name);
            let chosen = pairs.get(&name).unwrap_or_default();
            let everything = Choice::new("", lang.t("全部", "All"), chosen.is_empty());
            let options = views.iter().filter(|view| !view.view.filter.trim().is_empty());
            let options = options.map(|view| {
                let key = key_of(view);
                let here = key == chosen;
                Choice::new(&key, view.view.label.get(lang), here)
            });
            let options = std::iter::once(everything).chain(options).collect();
            let label = object.plural.get(lang);
            let which = Control { label: t!(lang, "哪些{label}", "Which {label}"), ..select(lang, &name, options) };
            let mut to = Vec::new();
            for i in 0..RECEIVERS {
                let label = match i {
                    0 => lang.t("接收人", "Who gets them"),
                    1 => lang.t("轮流分给", "In turn with"),
                    _ => lang.t("和", "and"),
                };
                to.push(pick.control(&format!("{}.{n}.to.{i}", object.name), label, false, None).await?);
            }
            parts.push(PartFields { which, to });
        }
        let open = parts[1..].iter().any(|part| part.to.iter().any(is_chosen));
        all.push(ObjectParts { label: object.plural.get(lang).to_owned(), parts, open });
    }
    let rest = pick.control("rest", lang.t("其余的给", "The rest goes to"), false, said("rest")).await?;
    let rest = Control {
        help: Some(
            lang.t(
                "挂在别人客户下的待办、联系人和团队成员身份；不填就不动。",
                "Tasks, contacts and team places under customers of others; left as they are when nobody is chosen.",
            )
            .to_owned(),
        ),
        ..rest
    };
    let has = match pairs.get("from").and_then(|text| Uuid::parse_str(text.trim()).ok()) {
        Some(from) => holdings(signed, from).await?,
        None => None,
    };
    let named = ["from", "rest", "reason"];
    let problem = errors.iter().find(|error| !named.contains(&&*error.field)).map(|error| error.message.get(lang));
    let plan = match plan {
        Some(plan) => Some(planned(signed, plan, &mut names).await?),
        None => None,
    };
    Ok(NewPage {
        frame: Frame::new(signed, lang.t("新的交接", "New hand-over"), PLACE)
            .crumb(lang.t("交接", "Hand-overs"), PLACE),
        lang,
        from,
        has,
        objects: all,
        rest,
        reason: pairs.get("reason").unwrap_or_default().to_owned(),
        reason_error: said("reason"),
        problem: problem.map(str::to_owned),
        plan,
    })
}

async fn holdings(signed: &Signed, from: Uuid) -> Result<Option<String>, Fault> {
    let lang = signed.lang();
    let found = match signed.app.engine.handover_holdings(&signed.actor, from).await {
        Err(Error::NotFound) => return Ok(None),
        found => found?,
    };
    if found.is_empty() {
        return Ok(Some(lang.t("名下没有可以交接的记录。", "Has nothing to hand over.").to_owned()));
    }
    let model = signed.app.engine.model();
    let words = model.objects().iter().filter_map(|object| {
        let count = ui::count(*found.get(&object.name)?);
        Some(format!("{} {count}", object.plural.get(lang)))
    });
    let words = words.collect::<Vec<_>>().join(lang.t("、", ", "));
    Ok(Some(t!(lang, "名下有：{words}", "Has: {words}")))
}

async fn planned(signed: &Signed, plan: &HandoverPlan, names: &mut Names) -> Result<PlanLines, Fault> {
    let lang = signed.lang();
    let mut receivers: Vec<Uuid> = Vec::new();
    for line in &plan.lines {
        if !receivers.contains(&line.to) {
            receivers.push(line.to);
        }
    }
    let mut lines = Vec::with_capacity(receivers.len());
    for to in receivers {
        let own: Vec<_> = plan.lines.iter().filter(|line| line.to == to).cloned().collect();
        lines.push((names.of(signed, to).await?, counted(signed, &own)));
    }
    let model = signed.app.engine.model();
    let left = plan.left.iter().map(|left| {
        let label = model.object(&left.object).map_or(&*left.object, |object| object.plural.get(lang));
        let count = ui::count(left.count);
        match left.why {
            WhyLeft::NotChosen => {
                t!(lang, "{label} {count}：没有选接收人，不动", "{label} {count}: nobody chosen, left as they are")
            }
            WhyLeft::NotYours => t!(
                lang,
                "{label} {count}：您无权修改，不动",
                "{label} {count}: you may not change them, left as they are"
            ),
        }
    });
    Ok(PlanLines { lines, left: left.collect(), total: plan.lines.iter().map(|line| line.count).sum() })
}

fn is_chosen(control: &Control) -> bool {
    matches!(&control.kind, Kind::Pick { chosen: Some(_), .. })
}

fn select(lang: Lang, name: &str, options: Vec<Choice>) -> Control {
    control(lang, name, Kind::Select { options, blank: false })
}

fn control(lang: Lang, name: &str, kind: Kind) -> Control {
    Control {
        lang,
        id: format!("handover-{}", name.replace('.', "-")),
        name: name.to_owned(),
        label: String::new(),
        help: None,
        required: false,
        error: None,
        notice: None,
        wide: false,
        hidden: false,
        depends: false,
        decides: false,
        object: "user".to_owned(),
        kind,
    }
}

/// Fields in which a user is picked.
struct Picks<'a> {
    signed: &'a Signed,
    pairs: &'a Pairs,
    names: &'a mut Names,
}

impl Picks<'_> {
    async fn control(
        &mut self,
        name: &str,
        label: &str,
        required: bool,
        error: Option<String>,
    ) -> Result<Control, Fault> {
        let lang = self.signed.lang();
        let chosen = match self.pairs.get(name).and_then(|text| Uuid::parse_str(text.trim()).ok()) {
            Some(id) => Some(Choice::new(&id.to_string(), &self.names.of(self.signed, id).await?, true)),
            None => None,
        };
        let target = lang.t("用户", "user").to_owned();
        let kind = Kind::Pick { url: "/pick/user".to_owned(), create: None, chosen, target };
        Ok(Control { label: label.to_owned(), required, error, ..control(lang, name, kind) })
    }
}
