//! Key accounts: everybody who sells keeps a roster, some too short, one full; with VIPs, what customers hold and were promised, plans for the
//! largest, last quarter's statements and a new product to tell of.

use zhike_model::SortKey;
use zhike_records::{Actor, Engine, ListQuery, NewRow, Period, Record, Span};
use zhike_types::{Lang, Result, Uuid, Value};

use super::{Filled, World, chance::Chance};
use crate::{
    notice::{NoticeWish, give_notice, recipients},
    statement::{StatementWish, make_statements},
};

/// Rosters at most: a large company's are as the first ones are.
const MOST: usize = 40;
const YEAR: i64 = 365;

const PROMISES: &[&str] = &[
    "月底前把对账单送到财务",
    "下周派工程师上门培训",
    "节后调整到新的报价",
    "本月内补齐增值税发票",
    "两周内给出升级方案",
    "年底前安排高层互访",
];
const GOALS: &[(&str, &str, &str)] = &[
    ("年度增长预案", "develop", "年采购额提高三成，带动两条新产品线。"),
    ("重点维护预案", "keep", "续签年度框架，回款按期率做到百分之百。"),
    ("项目开发预案", "project", "二期工程进入短名单，拿下设备和安装两个标段。"),
    ("竞争替换预案", "win_over", "替换竞争对手一半的份额，先从试用开始。"),
];
const ACTIONS: &[&str] =
    &["拜访分管领导，摸清预算和时间", "约技术交流会，演示方案", "提交书面建议书", "高层互访", "复盘并调整策略"];

pub(super) async fn fill(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    if engine.count(actor, "roster", "", false).await? > 0 {
        return Ok(());
    }
    // what statements say is said in the maker's language
    let actor = &actor.clone().with_lang(Lang::Zh);
    let roles = list(engine, actor, "roster_role", "", "name").await?;
    let products = world.shop.as_ref().map(|shop| shop.products.clone()).unwrap_or_default();
    if roles.is_empty() || products.len() < 3 {
        return Ok(());
    }
    let today = engine.zone().day_of(engine.now());
    let founded_at = world.founded_at();
    let mut rows = Rows::default();
    // something every customer is to have, and something of more
    for (i, role) in roles.iter().enumerate() {
        for (name, product) in
            [("主产品", products[i % products.len()]), ("增值服务", products[(i + 2) % products.len()])]
        {
            let values = vec![("role", role.id.into()), ("name", name.into()), ("product", product.into())];
            rows.requirements.push(NewRow { created_at: Some(founded_at), values, ..NewRow::default() });
        }
    }
    let mut rosters = Vec::new();
    for (i, &seller) in world.staff.sellers.iter().take(MOST).enumerate() {
        let user = &world.staff.users[seller];
        let role = &roles[i % roles.len()];
        let mut chance = Chance::of(world.seed, 7_201, i as u64);
        let least = role.value("minimum").as_int().unwrap_or(10);
        let most = role.value("maximum").as_int().unwrap_or(50);
        // one in four is too short
        let wanted = if i % 4 == 1 { least * 2 / 3 } else { chance.between(least, most.min(least * 2)) };
        let filter = format!("owner == \"{}\" && status in [\"active\", \"expected\", \"dormant\"]", user.id);
        let mut accounts = list(engine, actor, "account", &filter, "-paid_amount").await?;
        accounts.truncate(wanted.max(1) as usize);
        let department = Some(world.staff.departments[user.department].id);
        let id = engine.ids().next();
        rows.rosters.push(NewRow {
            id: Some(id),
            created_at: Some(founded_at),
            owner: Some(user.id),
            department,
            values: vec![
                ("name", format!("{}的名单", user.name).into()),
                ("role", role.id.into()),
                ("kind", ["corporate", "small", "project"][i % 3].into()),
            ],
            ..NewRow::default()
        });
        for (place, account) in accounts.iter().enumerate() {
            rows.customer(
                account,
                (id, user.id, department),
                (i, place, engine.ids().next()),
                &products,
                today,
                &mut chance,
            );
        }
        rosters.push(id);
    }
    for (object, rows) in rows.all() {
        if !rows.is_empty() {
            filled.add(object, rows.len() as u64);
            engine.load(actor, object, rows).await?;
        }
    }
    let Some(&roster) = rosters.first() else { return Ok(()) };
    let period = Period::holding(Span::Quarter, today).moved(-1);
    let wish = StatementWish { roster: Some(roster), accounts: Vec::new(), period, again: false };
    let stated = make_statements(engine, actor, &wish).await?;
    filled.add("statement", stated.made.len() as u64);
    let product = products[products.len() - 1];
    let people = recipients(engine, actor, roster, product).await?;
    let accounts: Vec<Uuid> =
        people.iter().filter(|one| !one.holds && !one.told).take(12).map(|one| one.account.id).collect();
    if !accounts.is_empty() {
        let wish = NoticeWish {
            roster,
            product,
            subject: "新品推荐：请第一时间告知老客户".to_owned(),
            content: "新品比上一代省电三成，老客户首单享九折；先问清现在用的型号和数量。".to_owned(),
            due_on: today + 7,
            accounts,
        };
        filled.add("task", wish.accounts.len() as u64);
        give_notice(engine, actor, &wish).await?;
    }
    Ok(())
}

async fn list(engine: &Engine, actor: &Actor, object: &str, filter: &str, sort: &str) -> Result<Vec<Record>> {
    let (field, descending) = sort.strip_prefix('-').map_or((sort, false), |field| (field, true));
    let query = ListQuery {
        object: object.to_owned(),
        filter: filter.to_owned(),
        sort: vec![SortKey { field: field.to_owned(), descending }],
        limit: 100,
        ..ListQuery::default()
    };
    Ok(engine.list(actor, &query).await?.records)
}

#[derive(Default)]
struct Rows {
    requirements: Vec<NewRow>,
    rosters: Vec<NewRow>,
    entries: Vec<NewRow>,
    holdings: Vec<NewRow>,
    promises: Vec<NewRow>,
    plans: Vec<NewRow>,
    actions: Vec<NewRow>,
}

impl Rows {
    fn all(self) -> [(&'static str, Vec<NewRow>); 7] {
        [
            ("roster_requirement", self.requirements),
            ("roster", self.rosters),
            ("roster_entry", self.entries),
            ("holding", self.holdings),
            ("commitment", self.promises),
            ("account_plan", self.plans),
            ("account_plan_action", self.actions),
        ]
    }

    /// A customer that somebody keeps.
    fn customer(
        &mut self,
        account: &Record,
        (roster, owner, department): (Uuid, Uuid, Option<Uuid>),
        (i, place, plan): (usize, usize, Uuid),
        products: &[Uuid],
        today: i64,
        chance: &mut Chance,
    ) {
        let row =
            |values: Vec<(&'static str, Value)>| NewRow { owner: Some(owner), department, values, ..NewRow::default() };
        // most were on it when the year began
        let since = today - if chance.hit(0.82) { chance.between(YEAR, 2 * YEAR) } else { chance.between(5, 200) };
        let business = chance.between(8, 160);
        let mut entry = vec![
            ("roster", roster.into()),
            ("account", account.id.into()),
            ("since", since.into()),
            ("business_count", business.into()),
            ("self_count", (business * chance.between(45, 98) / 100).into()),
        ];
        if place < 8 && chance.hit(0.7) {
            entry.push(("vip", ["gold", "platinum", "diamond"][chance.weighted(&[60, 30, 10])].into()));
            entry.push(("vip_since", (since + chance.between(0, (today - since).max(1))).into()));
        }
        self.entries.push(row(entry));
        for (product, share) in [(products[i % products.len()], 0.8), (products[(i + 2) % products.len()], 0.6)] {
            if chance.hit(share) {
                let values = vec![
                    ("account", account.id.into()),
                    ("product", product.into()),
                    ("since", (since - chance.between(0, 90)).into()),
                ];
                self.holdings.push(row(values));
            }
        }
        if chance.hit(0.16) {
            let due = today + chance.between(-12, 40);
            let values = vec![
                ("subject", (*chance.pick(PROMISES)).into()),
                ("account", account.id.into()),
                ("made_on", (due - chance.between(5, 20)).into()),
                ("due_on", due.into()),
            ];
            self.promises.push(row(values));
        }
        if place < 3 {
            self.plan((plan, account.id), &row, today, chance);
        }
    }

    fn plan(
        &mut self,
        (id, account): (Uuid, Uuid),
        row: &dyn Fn(Vec<(&'static str, Value)>) -> NewRow,
        today: i64,
        chance: &mut Chance,
    ) {
        let (name, kind, goal) = *chance.pick(GOALS);
        let starts = today - chance.between(10, 120);
        let plan = row(vec![
            ("name", name.into()),
            ("account", account.into()),
            ("kind", kind.into()),
            ("state", "running".into()),
            ("starts_on", starts.into()),
            ("ends_on", (starts + 180).into()),
            ("review_on", (starts + 150).into()),
            ("goal", goal.into()),
            ("target_amount", Value::money(chance.between(10, 200) * 1_000_000, zhike_types::Currency::CNY)),
            ("strategy", "先稳住现有业务，再从使用部门带动采购部门。".into()),
            ("effect", "客户少停机、少备件；价格不抬高，交期不变。".into()),
        ]);
        self.plans.push(NewRow { id: Some(id), ..plan });
        for (n, subject) in ACTIONS.iter().enumerate().take(chance.between(3, 5) as usize) {
            let due = starts + 25 * (n as i64 + 1);
            let done = due < today && chance.hit(0.8);
            self.actions.push(row(vec![
                ("plan", id.into()),
                ("subject", (*subject).into()),
                ("due_on", due.into()),
                ("done", done.into()),
            ]));
        }
    }
}
