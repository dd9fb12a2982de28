//! What one sees of disputes, against a naive rule; and that a claim teaches its claimant nothing about a customer that it may not
//! see.

use std::fmt::Write as _;

use zhike_types::{Error, Uuid};

use super::{Claimed, Company, Dispute, DisputeQuery, Ruling, WhichDisputes, claim, decide, named};
use crate::{
    Actor, AuditQuery, ExportFormat, Input, ListQuery, MergeInput,
    tests::{Site, on_both},
};

const EVERY: [WhichDisputes; 5] =
    [WhichDisputes::All, WhichDisputes::ToDecide, WhichDisputes::ToAnswer, WhichDisputes::Claimed, WhichDisputes::Held];

async fn listed(site: &Site, who: &Actor, query: DisputeQuery) -> Vec<Dispute> {
    site.engine.disputes(who, &DisputeQuery { limit: 100, ..query }).await.expect("a list").disputes
}

/// Everything about disputes that can be asked.
async fn told(site: &Site, who: &Actor, dispute: Uuid, accounts: &[Uuid]) -> String {
    let mut all = format!("{:?}\n", site.engine.dispute(who, dispute).await);
    for which in EVERY {
        writeln!(all, "{which:?} {:?}", listed(site, who, DisputeQuery { which, ..DisputeQuery::default() }).await)
            .expect("a text");
    }
    for account in accounts {
        let query = DisputeQuery { account: Some(*account), ..DisputeQuery::default() };
        writeln!(all, "{:?}", listed(site, who, query).await).expect("a text");
    }
    all
}

/// Everything else that could tell of the customer: search, lists, history, timeline, log, export.
async fn elsewhere(site: &Site, who: &Actor, accounts: &[Uuid]) -> String {
    let engine = &site.engine;
    let mut all = String::new();
    for word in ["机密", "华为", "0532-83001234", "青岛市香港中路", "ZD202603", "周经理"] {
        writeln!(all, "{:?}", engine.search(who, word, &[], 20).await).expect("a text");
    }
    for object in ["account", "contact", "interaction", "attachment", "note", "team_member"] {
        let query = ListQuery { object: object.to_owned(), limit: 100, ..ListQuery::default() };
        writeln!(all, "{:?}", engine.list(who, &query).await).expect("a text");
        let out = std::env::temp_dir().join(format!("zhike-dispute-{}.csv", engine.ids().next().simple()));
        let rows = engine.export(who, &query, ExportFormat::Csv, &out, &|_| {}).await.expect("he may export");
        writeln!(all, "{rows} {}", std::fs::read_to_string(&out).expect("a file")).expect("a text");
        std::fs::remove_file(out).expect("and away");
    }
    for account in accounts {
        writeln!(all, "{:?}", engine.history(who, "account", *account, None, 50).await).expect("a text");
        writeln!(all, "{:?}", engine.timeline(who, "account", *account, &[], None, 50).await).expect("a text");
    }
    writeln!(all, "{:?}", engine.audit_log(who, &AuditQuery { limit: 100, ..AuditQuery::default() }).await)
        .expect("a text");
    all
}

#[test]
fn a_claimant_without_sight_learns_nothing_whatever_happens_to_the_customer() {
    on_both(|site| async move {
        let mut people = Company::at(&site).await;
        let facts = [
            ("name", "北京华为技术有限公司（机密项目）"),
            ("phone", "0532-83001234"),
            ("address", "青岛市香港中路 10 号"),
        ];
        let account = site.make_as(&people.fang, "account", &facts).await.id;
        let twin = people.customer(&site, "机密大客户集团").await;
        let mut rights = (*people.qiang.rights).clone();
        rights.objects.values_mut().for_each(|of| of.export = true);
        people.qiang.rights = rights.into();
        let dispute = named(&site, &people.qiang, "0532 8300 1234").await;
        let accounts = [account, twin];
        let before = told(&site, &people.qiang, dispute.id, &accounts).await;
        let around = elsewhere(&site, &people.qiang, &accounts).await;
        let secrets = ["机密", "83001234", "香港中路", &account.to_string(), &twin.to_string()];
        let unspoken = |text: &str, step: &str| {
            for secret in secrets {
                assert!(!text.contains(secret), "{secret} after {step}: {text}");
            }
        };
        unspoken(&before, "the claim");
        unspoken(&around, "the claim");
        assert!(before.contains("王芳") && before.contains("华东销售部"), "the owner and the department it knows");

        let engine = &site.engine;
        let change = |name: &'static str, text: &'static str| Input::default().set(name, text);
        engine.change(&people.fang, "account", account, None, change("name", "机密更名")).await.expect("renamed");
        let note =
            [("account", account.to_string()), ("content", "机密跟进".to_owned()), ("channel", "phone".to_owned())];
        let note: Vec<(&str, &str)> = note.iter().map(|(name, text)| (*name, text.as_str())).collect();
        site.make_as(&people.fang, "interaction", &note).await;
        engine.answer_dispute(&people.fang, dispute.id, "机密：去年签的合同").await.expect("answered");
        engine.add_dispute_file(&people.fang, dispute.id, "机密合同.txt", b"x".to_vec()).await.expect("added");
        engine.file_dispute(&people.lei, &claim(Claimed::Record(account))).await.expect("another claim");
        let owner = Input::default().set("owner", people.min.user_id.expect("a user").to_string());
        engine.change(&people.min, "account", account, None, owner).await.expect("handed over");
        assert_eq!(told(&site, &people.qiang, dispute.id, &accounts).await, before, "not that anything happened");
        let merge = engine.merge(&site.admin, "account", MergeInput::new(twin, [account])).await.expect("merged");
        assert_eq!(told(&site, &people.qiang, dispute.id, &accounts).await, before, "nor that it was merged");
        engine.unmerge(&site.admin, merge.id).await.expect("undone");
        engine.delete(&site.admin, "account", account, None, None).await.expect("deleted");
        assert_eq!(told(&site, &people.qiang, dispute.id, &accounts).await, before, "nor deleted");
        assert_eq!(elsewhere(&site, &people.qiang, &accounts).await, around);
        engine.restore(&site.admin, "account", account).await.expect("restored");

        let judged = decide(&site, &people.lei, dispute.id, Ruling::Holder).await;
        assert!(matches!(judged, Err(Error::Forbidden(_))), "he claims it too");
    });
}

#[test]
fn two_names_of_one_customer_are_not_told_to_be_one() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        people.customer(&site, "北京华为技术有限公司").await;
        let one = named(&site, &people.qiang, "北京华为技术有限公司").await;
        let two = named(&site, &people.qiang, "华为技术有限公司北京").await;
        assert_ne!(one.id, two.id);
        let both =
            listed(&site, &people.min, DisputeQuery { which: WhichDisputes::ToDecide, ..DisputeQuery::default() });
        assert_eq!(both.await.len(), 2, "who decides sees both");
        decide(&site, &people.min, one.id, Ruling::Claimant).await.expect("decided");
        assert!(matches!(decide(&site, &people.lei, two.id, Ruling::Claimant).await, Err(Error::Conflict(_))));
    });
}

/// A number that goes on from seed to seed; nothing of the engine's.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

#[test]
fn who_sees_and_decides_what_as_a_naive_rule_says() {
    on_both(|site| async move {
        let mut dice = Dice(23);
        let mut departments = Vec::new();
        for name in ["华东", "华北", "华南"] {
            departments.push(site.make("department", &[("name", name)]).await.id);
        }
        let mut people = Vec::new();
        for (i, name) in ["王芳", "李强", "赵敏", "孙磊", "何静", "陈晨", "钱进", "周勇"].into_iter().enumerate()
        {
            let role = ["sales", "sales", "manager", "director", "service", "manager", "sales", "dpo"][i];
            people.push(site.user(name, Some(departments[i % 3]), &[role]).await);
        }
        let mut accounts = Vec::new();
        for i in 0..9 {
            let owner = people[dice.below(7)].user_id.expect("a user").to_string();
            let name = format!(
                "{}机械制造有限公司",
                ["海风", "长庚", "启明", "天权", "摇光", "开阳", "玉衡", "天玑", "天璇"][i]
            );
            accounts.push(site.make("account", &[("name", name.as_str()), ("owner", owner.as_str())]).await.id);
        }
        for i in 0..30 {
            let (who, account) = (&people[dice.below(7)], accounts[dice.below(9)]);
            let what = match site.engine.read(who, "account", account).await {
                Ok(_) => Claimed::Record(account),
                Err(_) => {
                    let record = site.engine.read(&site.admin, "account", account).await.expect("it is there");
                    Claimed::Named(record.title().to_owned())
                }
            };
            let filed = site.engine.file_dispute(who, &claim(what)).await;
            if let (Ok(dispute), 0) = (&filed, i % 4) {
                let judge = &people[dice.below(7)];
                let ruling = Ruling::ALL[dice.below(3)];
                // whether it is allowed is another test's
                let _ = decide(&site, judge, dispute.id, ruling).await;
            }
        }
        site.engine.delete(&site.admin, "account", accounts[0], None, None).await.expect("deleted");
        let all = listed(&site, &site.admin, DisputeQuery::default()).await;
        assert!(all.len() > 12, "{} claims", all.len());
        let (mut seen, mut hidden, mut to_decide) = (0, 0, 0);
        for who in &people {
            let me = who.user_id;
            let list = listed(&site, who, DisputeQuery::default()).await;
            let waiting = DisputeQuery { which: WhichDisputes::ToDecide, ..DisputeQuery::default() };
            let waiting = listed(&site, who, waiting).await;
            for dispute in &all {
                let account = dispute.account.as_ref().expect("the system sees all");
                let record = site.engine.read(who, "account", account.id).await;
                let side = Some(dispute.claimant.id) == me || dispute.holder.as_ref().map(|holder| holder.id) == me;
                let decided = dispute.end.as_ref().is_some_and(|end| end.by_id == me);
                let shown = site.engine.dispute(who, dispute.id).await;
                let may = side || decided || record.is_ok();
                assert_eq!(shown.is_ok(), may, "{} {}", who.name, dispute.number);
                assert_eq!(list.iter().any(|one| one.id == dispute.id), may, "{} {}", who.name, dispute.number);
                let about = DisputeQuery { account: Some(account.id), ..DisputeQuery::default() };
                assert_eq!(!listed(&site, who, about).await.is_empty(), record.is_ok(), "by its customer");
                let Ok(shown) = shown else {
                    hidden += 1;
                    continue;
                };
                seen += 1;
                assert_eq!(shown.account.is_some(), record.is_ok(), "{} {}", who.name, dispute.number);
                let duty = who.rights.may("disputes");
                let changes = record.as_ref().is_ok_and(|record| record.may_change) && !account.deleted;
                let open = all.iter().filter(|one| one.end.is_none() && Some(one.claimant.id) == me);
                let rivals = open.filter_map(|one| one.account.as_ref()).any(|other| other.id == account.id);
                let decides = duty && changes && !side && !rivals && account.owner != me && dispute.end.is_none();
                assert_eq!(shown.may_decide, decides, "{} {}", who.name, dispute.number);
                assert_eq!(waiting.iter().any(|one| one.id == dispute.id), decides, "{}", dispute.number);
                to_decide += usize::from(decides);
            }
        }
        assert!(seen > 40 && hidden > 20 && to_decide > 5, "{seen} seen, {hidden} hidden, {to_decide} to decide");
    });
}
