//! A lead becomes a customer, once, whole or not at all, with all its history; and comes back.

mod alike;
mod back;
mod locked;

use serde_json::json;
use tokio::task::JoinSet;
use zhike_types::{Error, Uuid, Value};

use super::{Becoming, ConversionInput, Converted};
use crate::{
    Actor, Happening, Input, ListQuery, Record,
    tests::{Site, on_both},
};

/// 王芳 and 李强 sell in two departments, 赵敏 leads the first.
struct Office {
    fang: Actor,
    qiang: Actor,
    min: Actor,
}

impl Office {
    async fn at(site: &Site) -> Self {
        let east = site.make("department", &[("name", "华东销售部")]).await.id;
        let north = site.make("department", &[("name", "华北销售部")]).await.id;
        Self {
            fang: site.user("王芳", Some(east), &["sales"]).await,
            qiang: site.user("李强", Some(north), &["sales"]).await,
            min: site.user("赵敏", Some(east), &["manager"]).await,
        }
    }
}

/// A lead with all that a conversion takes. Numbers are its own; the system asks nobody whether it is there already.
async fn lead(site: &Site, owner: &Actor, name: &str) -> Uuid {
    let own = name.bytes().fold(0_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 10_000_000);
    let (mobile, phone, email) = (format!("1385{own:07}"), format!("0532-8{own:07}"), format!("zhou{own}@example.cn"));
    let owner = owner.user_id.expect("a user").to_string();
    let fields = [
        ("name", name),
        ("contact_name", "周海"),
        ("contact_title", "采购经理"),
        ("mobile", mobile.as_str()),
        ("phone", phone.as_str()),
        ("email", email.as_str()),
        ("region", "山东省青岛市崂山区"),
        ("industry", "仪器仪表"),
        ("source", "complaint"),
        ("need", "要十台流量计"),
        ("has_need", "true"),
        ("has_budget", "true"),
        ("budget", "50000"),
        ("state", "expected"),
        ("owner", owner.as_str()),
    ];
    site.make("lead", &fields).await.id
}

async fn read(site: &Site, object: &str, id: Uuid) -> Record {
    site.engine.read(&site.admin, object, id).await.expect("it is there")
}

async fn count(site: &Site, object: &str) -> i64 {
    site.engine.count(&site.admin, object, "", false).await.expect("a number")
}

fn asked(targets: &[(&str, Becoming)]) -> ConversionInput {
    let targets = targets.iter().map(|(name, wish)| ((*name).to_owned(), wish.clone())).collect();
    ConversionInput { targets, ..ConversionInput::default() }
}

fn new(fields: &[(&str, &str)]) -> Becoming {
    Becoming::New(fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text)))
}

async fn converted(site: &Site, who: &Actor, id: Uuid, input: &ConversionInput) -> Converted {
    site.engine.convert(who, "lead", id, input).await.unwrap_or_else(|error| panic!("{error}"))
}

fn became(done: &Converted, object: &str) -> Uuid {
    done.became.iter().find(|record| record.object.name == object).unwrap_or_else(|| panic!("no {object}")).id
}

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid(errors) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_lead_becomes_a_customer_a_person_and_an_opportunity_with_its_history() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let fang = &office.fang;
        let id = lead(&site, fang, "青岛海悦仪器有限公司").await;
        let (own, about) = (id.to_string(), format!("lead:{id}"));
        let told =
            site.make_as(fang, "interaction", &[("lead", &own), ("channel", "phone"), ("content", "谈了价格")]).await;
        let task = site.make_as(fang, "task", &[("lead", &own), ("subject", "寄样品")]).await;
        let note = site.make_as(fang, "note", &[("about", &about), ("body", "老板姓周")]).await;
        let file = site.engine.attach(fang, "lead", id, "名片.txt", b"card".to_vec()).await.expect("a file");

        // a manager makes the customer; the lead's owner keeps it
        let wish = asked(&[("opportunity", new(&[("name", "流量计采购"), ("expected_close", "2026-05-01")]))]);
        let done = converted(&site, &office.min, id, &wish).await;
        let kinds: Vec<&str> = done.became.iter().map(|record| record.object.name.as_str()).collect();
        assert_eq!(kinds, ["account", "contact", "opportunity"]);
        let (account, contact, deal) =
            (became(&done, "account"), became(&done, "contact"), became(&done, "opportunity"));

        let lead = read(&site, "lead", id).await;
        assert_eq!(lead.value("state").as_text(), Some("converted"));
        for (field, made) in
            [("converted_account", account), ("converted_contact", contact), ("converted_opportunity", deal)]
        {
            assert_eq!(lead.value(field).as_id(), Some(made), "{field}");
        }
        let customer = read(&site, "account", account).await;
        let text = |record: &Record, field: &str| record.value(field).as_text().unwrap_or_default().to_owned();
        for (field, value) in [
            ("name", "青岛海悦仪器有限公司"),
            ("status", "expected"),
            ("industry", "仪器仪表"),
            // accounts know no such source
            ("source", "other"),
            ("mobile", ""),
        ] {
            assert_eq!(text(&customer, field), value, "{field}");
        }
        assert_eq!(text(&customer, "phone"), text(&lead, "phone"));
        assert_eq!(text(&customer, "region"), text(&lead, "region"));
        assert_eq!(customer.value("interaction_count").as_int(), Some(1), "roll-ups follow");
        let person = read(&site, "contact", contact).await;
        assert_eq!((text(&person, "name"), text(&person, "title")), ("周海".to_owned(), "采购经理".to_owned()));
        assert_eq!(person.value("account").as_id(), Some(account));
        let sale = read(&site, "opportunity", deal).await;
        assert_eq!((text(&sale, "name"), text(&sale, "source")), ("流量计采购".to_owned(), "lead".to_owned()));
        assert_eq!((sale.value("account").as_id(), sale.value("contact").as_id()), (Some(account), Some(contact)));
        assert!(matches!(sale.value("amount"), Value::Money(money) if money.minor == 5_000_000));
        assert!(sale.value("stage").as_id().is_some() && sale.value("pipeline").as_id().is_some());
        for record in [&lead, &customer, &person, &sale] {
            assert_eq!(record.value("owner").as_id(), fang.user_id, "{}", record.object.name);
            assert_eq!(record.value("department").as_id(), fang.department_id, "{}", record.object.name);
        }

        let seen = site.engine.timeline(fang, "account", account, &[], None, 50).await.expect("a timeline");
        let there = |id: Uuid| seen.iter().any(|entry| matches!(&entry.what, Happening::Record(one) if one.id == id));
        for (what, id) in [("interaction", told.id), ("task", task.id), ("note", note.id), ("attachment", file.id)] {
            assert!(there(id), "the customer's timeline has the {what}");
        }
        let told = read(&site, "interaction", told.id).await;
        assert_eq!(told.value("lead").as_id(), Some(id), "and the lead keeps what was said");
        assert_eq!(told.value("opportunity").as_id(), Some(deal));
        assert_eq!(told.value("created_by").as_id(), fang.user_id);

        let history = site.engine.history(&site.admin, "lead", id, None, 5).await.expect("a history");
        assert_eq!((history[0].action.as_str(), history[0].actor.as_str()), ("convert", "赵敏"));
        let events =
            zhike_db::sql!("SELECT object, kind FROM event WHERE record_id = $1 ORDER BY seq DESC LIMIT 1", id);
        let row = site.engine.db().read().await.expect("a reader").row(events).await.expect("rows").expect("an event");
        assert_eq!(
            (row.must_text(0).expect("lead").as_str(), row.must_text(1).expect("kind").as_str()),
            ("lead", "convert")
        );
    });
}

#[test]
fn what_nobody_asks_for_is_made_where_the_pack_says() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let whole = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        assert_eq!(converted(&site, &office.fang, whole, &ConversionInput::default()).await.became.len(), 3);
        let bare =
            site.make_as(&office.fang, "lead", &[("name", "潍坊风筝制造有限公司"), ("mobile", "13905361111")]).await;
        let done = converted(&site, &office.fang, bare.id, &ConversionInput::default()).await;
        assert_eq!(done.became.len(), 1, "no person, no need: a customer alone");
        let customer = read(&site, "account", became(&done, "account")).await;
        assert_eq!(customer.value("mobile"), bare.value("mobile"), "nobody else has the number");
        let lone = lead(&site, &office.fang, "广州白云山医药有限公司").await;
        let wish = asked(&[("contact", Becoming::Nothing), ("opportunity", Becoming::Nothing)]);
        assert_eq!(converted(&site, &office.fang, lone, &wish).await.became.len(), 1);
        let none = lead(&site, &office.fang, "曲靖市第六人民医院").await;
        let without = site.engine.convert(&office.fang, "lead", none, &asked(&[("account", Becoming::Nothing)])).await;
        assert_eq!(fields(without.expect_err("a customer is needed")), ["account"]);
        let unknown = site.engine.convert(&office.fang, "lead", none, &asked(&[("quote", Becoming::Nothing)])).await;
        assert_eq!(fields(unknown.expect_err("no such target")), ["quote"]);
    });
}

#[test]
fn one_that_is_there_is_taken_when_it_is_seen_and_the_persons_belong_to_it() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let there = site.make_as(&office.fang, "account", &[("name", "济南启明阀门有限公司")]).await;
        let own = there.id.to_string();
        let person = site.make_as(&office.fang, "contact", &[("name", "刘平"), ("account", &own)]).await;
        let other = site.make_as(&office.fang, "account", &[("name", "烟台长裕水产有限公司")]).await;
        let id = lead(&site, &office.fang, "济南启明阀门").await;
        let wish = asked(&[
            ("account", Becoming::Existing(other.id)),
            ("contact", Becoming::Existing(person.id)),
            ("opportunity", new(&[])),
        ]);
        let refused = site.engine.convert(&office.fang, "lead", id, &wish).await.expect_err("another's person");
        assert_eq!(fields(refused), ["contact"]);
        let hidden = site.make_as(&office.qiang, "account", &[("name", "北京远望科技有限公司")]).await;
        let wish = asked(&[("account", Becoming::Existing(hidden.id))]);
        let refused = site.engine.convert(&office.fang, "lead", id, &wish).await.expect_err("not hers to see");
        assert_eq!(fields(refused), ["account"]);

        let wish = asked(&[
            ("account", Becoming::Existing(there.id)),
            ("contact", Becoming::Existing(person.id)),
            ("opportunity", new(&[("amount", "12000")])),
        ]);
        let accounts = count(&site, "account").await;
        let done = converted(&site, &office.fang, id, &wish).await;
        assert_eq!(count(&site, "account").await, accounts);
        assert_eq!((became(&done, "account"), became(&done, "contact")), (there.id, person.id));
        let deal = read(&site, "opportunity", became(&done, "opportunity")).await;
        assert_eq!(deal.value("account").as_id(), Some(there.id));
        assert_eq!(read(&site, "account", there.id).await.version, there.version, "what is there stays as it is");
    });
}

/// All that a conversion could leave.
async fn all(site: &Site) -> Vec<i64> {
    let mut counts = Vec::new();
    for object in ["account", "contact", "opportunity", "lead", "interaction", "tag"] {
        counts.push(count(site, object).await);
    }
    let mut tx = site.engine.db().read().await.expect("a reader");
    for table in ["audit", "event"] {
        counts.push(tx.number(zhike_db::sql!(&format!("SELECT COUNT(*) FROM {table}"))).await.expect("a number"));
    }
    counts
}

#[test]
fn a_part_that_fails_leaves_nothing() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        let own = id.to_string();
        site.make_as(&office.fang, "interaction", &[("lead", &own), ("channel", "phone"), ("content", "谈了价格")])
            .await;
        let (before, record) = (all(&site).await, read(&site, "lead", id).await);
        for (object, field, value, at) in [
            ("opportunity", "amount", json!(-1), "opportunity.amount"),
            ("opportunity", "account", json!(own), "opportunity.account"),
            ("contact", "email", json!("no address"), "contact.email"),
            ("account", "name", json!(""), "account.name"),
            ("account", "nonsense", json!(1), "account.nonsense"),
        ] {
            let map = serde_json::Map::from_iter([(field.to_owned(), value)]);
            let mut wishes = vec![(object, Becoming::New(Input::from_json(map)))];
            wishes.retain(|(name, _)| *name == object);
            let refused = site.engine.convert(&office.fang, "lead", id, &asked(&wishes)).await;
            assert_eq!(fields(refused.expect_err(at)), [at]);
            assert_eq!(all(&site).await, before, "{at}");
        }
        let after = read(&site, "lead", id).await;
        assert_eq!((after.version, after.values), (record.version, record.values));
    });
}

#[test]
fn who_may_not_make_what_it_becomes_makes_nothing() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        let before = all(&site).await;
        let stranger = site.engine.convert(&office.qiang, "lead", id, &ConversionInput::default()).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
        let but = |object: &str, less: fn(&mut crate::ObjectRights)| {
            let mut rights = (*office.fang.rights).clone();
            let mut own = rights.object(object).cloned().unwrap_or_default();
            less(&mut own);
            rights.objects.insert(object.to_owned(), own);
            Actor { rights: rights.into(), ..office.fang.clone() }
        };
        let narrow = but("opportunity", |rights| rights.create = false);
        let refused = site.engine.convert(&narrow, "lead", id, &ConversionInput::default()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let reader = but("lead", |rights| rights.change = crate::DataScope::None);
        let refused = site.engine.convert(&reader, "lead", id, &ConversionInput::default()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        assert_eq!(all(&site).await, before);
        let no_such = site.engine.convert(&office.fang, "account", id, &ConversionInput::default()).await;
        assert!(matches!(no_such, Err(Error::NotFound)), "accounts become nothing");
    });
}

#[test]
fn of_ten_who_convert_at_one_moment_one_does() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        let mut set = JoinSet::new();
        for n in 0..10 {
            let (engine, actor) =
                (site.engine.clone(), if n % 2 == 0 { office.fang.clone() } else { office.min.clone() });
            set.spawn(async move { engine.convert(&actor, "lead", id, &ConversionInput::default()).await });
        }
        let mut done = Vec::new();
        for outcome in set.join_all().await {
            match outcome {
                Ok(converted) => done.push(converted),
                Err(Error::Conflict(text)) => assert!(text.zh.contains("已经转为客户"), "{}", text.zh),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(done.len(), 1);
        for object in ["account", "contact", "opportunity"] {
            assert_eq!(count(&site, object).await, 1, "{object}");
        }
        assert_eq!(read(&site, "lead", id).await.value("converted_account").as_id(), Some(became(&done[0], "account")));
    });
}

#[test]
fn what_lies_in_a_pool_is_claimed_first_and_what_nobody_owns_becomes_ones_own() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let pool = site.make("pool", &[("name", "线索公海"), ("object", "lead"), ("fields", "region")]).await.id;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        let wish = crate::Return { pool: Some(pool), reason: "联系不上".to_owned(), note: String::new() };
        site.engine.give_back(&site.admin, "lead", id, &wish).await.expect("it lies in the pool");
        let refused = site.engine.convert(&site.admin, "lead", id, &ConversionInput::default()).await;
        assert!(matches!(&refused, Err(Error::Conflict(text)) if text.zh.contains("公海")), "{refused:?}");
        site.engine.claim(&office.qiang, "lead", id).await.expect("claimed");
        let done = converted(&site, &office.qiang, id, &ConversionInput::default()).await;
        assert_eq!(done.became[0].value("owner").as_id(), office.qiang.user_id);
        let again = site.engine.give_back(&office.qiang, "lead", id, &wish).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "a converted lead goes into no pool: {again:?}");
    });
}

fn leads(filter: &str) -> ListQuery {
    ListQuery { object: "lead".to_owned(), filter: filter.to_owned(), limit: 10, ..ListQuery::default() }
}
