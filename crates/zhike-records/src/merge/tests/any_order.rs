//! Any sequence of merges and undos, in random worlds: the rules hold after each, and when all are undone everything is as if
//! nothing had been merged.
//!
//! A normal run takes fixed seeds. `ZHIKE_MERGE_WORLDS=20` takes so many worlds; `ZHIKE_MERGE_SEED=7` takes that world alone.

use std::collections::{BTreeMap, BTreeSet};

use zhike_db::Sql;
use zhike_types::{Entropy as _, Error, SeededEntropy, Uuid};

use super::{Merge, MergeInput, snapshot::Snapshot};
use crate::{
    Choice, ListQuery, Return,
    tests::{Site, on_both},
};

/// Worlds of a normal run.
const WORLDS: u64 = 3;
const ACCOUNTS: usize = 9;
/// Merges and undos tried in each.
const TURNS: usize = 24;

#[expect(clippy::disallowed_methods, reason = "how much a run tries is the runner's choice")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn any_sequence_of_merges_and_undos_returns_everything() {
    let seeds = match number("ZHIKE_MERGE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ZHIKE_MERGE_WORLDS").unwrap_or(WORLDS),
    };
    for seed in seeds {
        on_both(|site| async move {
            let tell = format!("ZHIKE_MERGE_SEED={seed} on {:?}", site.engine.db().dialect());
            let mut world = World { chance: SeededEntropy::new(seed), site, made: BTreeMap::new(), done: Vec::new() };
            world.make().await;
            let before = Snapshot::of(&world.site).await;
            for turn in 0..TURNS {
                world.turn(&format!("{tell}, turn {turn}")).await;
            }
            while let Some(merge) = world.done.pop() {
                world.site.clock.advance(1_000);
                let undone = world.site.engine.unmerge(&world.site.admin, merge.id).await;
                assert!(undone.is_ok(), "{tell}: {undone:?}");
                world.check(&tell).await;
            }
            before.compare(&Snapshot::of(&world.site).await, &tell);
        });
    }
}

struct World {
    chance: SeededEntropy,
    site: Site,
    made: BTreeMap<&'static str, Vec<Uuid>>,
    /// Merges not undone, in the order they were made.
    done: Vec<Merge>,
}

impl World {
    fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 4];
        self.chance.fill(&mut bytes);
        u32::from_le_bytes(bytes) as usize % end.max(1)
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    fn any(&mut self, object: &str) -> String {
        let ids = self.made.get(object).cloned().unwrap_or_default();
        self.pick(&ids).to_string()
    }

    async fn add(&mut self, object: &'static str, fields: Vec<(&str, String)>) -> Uuid {
        self.site.clock.advance(1_000);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let id = self.site.make(object, &fields).await.id;
        self.made.entry(object).or_default().push(id);
        id
    }

    /// Fields that some have and some have not.
    fn some(&mut self, fields: &[(&'static str, &[&str])]) -> Vec<(&'static str, String)> {
        let mut filled = Vec::new();
        for (name, values) in fields {
            if self.percent(55) {
                filled.push((*name, self.pick(values).to_owned()));
            }
        }
        filled
    }

    async fn make(&mut self) {
        for name in ["王敏", "李强", "赵丽"] {
            let user = self.site.user(name, None, &["sales"]).await;
            self.made.entry("user").or_default().push(user.user_id.expect("a user"));
        }
        for n in 0..ACCOUNTS {
            let mut fields = vec![("name", format!("青岛{}公司{n}", self.pick(&["海尔", "啤酒", "双星"])))];
            fields.extend(self.some(&[
                ("level", &["A", "B"]),
                ("phone", &["0532-88930001", "0532-88930002"]),
                ("tags", &["一", "一,二", "三"]),
                ("roles", &["supplier", "customer,partner"]),
                ("remark", &["老客户", "欠款"]),
                ("annual_revenue", &["120000", "5万"]),
                ("region", &["山东省青岛市"]),
                ("status", &["active", "potential"]),
            ]));
            if self.percent(50) {
                fields.push(("credit_code", credit_code(n)));
            }
            if n > 0 && self.percent(50) {
                fields.push(("parent", self.any("account")));
            }
            let owner = self.any("user");
            fields.push(("owner", if self.percent(70) { owner } else { String::new() }));
            self.add("account", fields).await;
        }
        for n in 0..14 {
            let mut fields = vec![("name", format!("张{n}")), ("account", self.any("account"))];
            fields.extend(self.some(&[
                ("mobile", &["13905320001", "13905320002"]),
                ("email", &["zhang@example.com"]),
                ("do_not_contact", &["true", "false"]),
                ("tags", &["甲", "乙"]),
                ("title", &["经理"]),
            ]));
            if n > 0 && self.percent(40) {
                fields.push(("reports_to", self.any("contact")));
            }
            self.add("contact", fields).await;
        }
        for n in 0..14 {
            let (account, contact) = (self.any("account"), self.any("contact"));
            let call = vec![
                ("account", account),
                ("contact", contact),
                ("channel", "phone".to_owned()),
                ("content", format!("谈过{n}")),
            ];
            self.add("interaction", call).await;
            let mut task = vec![("subject", format!("回访{n}")), ("done", self.percent(40).to_string())];
            if self.percent(70) {
                task.push(("account", self.any("account")));
            }
            if self.percent(40) {
                task.push(("contact", self.any("contact")));
            }
            self.add("task", task).await;
            let on = self.pick(&["account", "contact", "interaction"]);
            let about = format!("{on}:{}", self.any(on));
            self.add("note", vec![("about", about), ("body", format!("备注{n}"))]).await;
            let (from, to) = (self.any("account"), self.any("account"));
            let kind = self.pick(&["partner", "supplier"]).to_owned();
            if from != to {
                let remark = if self.percent(30) { format!("说明{n}") } else { String::new() };
                let relation = vec![("from_account", from), ("to_account", to), ("kind", kind), ("remark", remark)];
                self.add("account_relation", relation).await;
            }
        }
        let accounts = self.made["account"].clone();
        for account in &accounts {
            for user in self.made["user"].clone() {
                if self.percent(40) {
                    let level = self.pick(&["read", "write"]).to_owned();
                    let member = vec![("account", account.to_string()), ("user", user.to_string()), ("level", level)];
                    self.add("team_member", member).await;
                }
            }
            if self.percent(40) {
                let (engine, admin) = (&self.site.engine, &self.site.admin);
                let bytes = account.as_bytes().to_vec();
                engine.attach(admin, "account", *account, "合同.txt", bytes).await.expect("attached");
            }
        }
        // some of it lies in a pool, some in the recycle bin
        self.site.clock.advance(1_000);
        let pool = self.site.make("pool", &[("name", "公海")]).await.id;
        let wish = Return { pool: Some(pool), reason: "联系不上".to_owned(), note: String::new() };
        for account in &accounts {
            if self.percent(25) {
                let _owned = self.site.engine.give_back(&self.site.admin, "account", *account, &wish).await;
            }
        }
        for object in ["contact", "interaction", "note", "account_relation"] {
            let id = *self.made[object].last().expect("made");
            let _gone = self.site.engine.delete(&self.site.admin, object, id, None, None).await;
        }
    }

    /// A merge or an undo.
    async fn turn(&mut self, tell: &str) {
        self.site.clock.advance(1_000);
        if !self.done.is_empty() && self.percent(40) {
            let at = self.below(self.done.len());
            match self.site.engine.unmerge(&self.site.admin, self.done[at].id).await {
                Ok(_) => drop(self.done.remove(at)),
                Err(Error::Conflict(_)) => {}
                Err(error) => panic!("{tell}: {error}"),
            }
        } else {
            self.merge(tell).await;
        }
        self.check(tell).await;
    }

    async fn merge(&mut self, tell: &str) {
        let object = if self.percent(60) { "account" } else { "contact" };
        let mut ids = self.live(object).await;
        let count = 2 + self.below(2);
        if ids.len() <= count {
            return;
        }
        let members: Vec<Uuid> = (0..count)
            .map(|_| {
                let at = self.below(ids.len());
                ids.remove(at)
            })
            .collect();
        let (engine, admin) = (self.site.engine.clone(), self.site.admin.clone());
        let survivor = if self.percent(50) { Some(members[0]) } else { None };
        let proposal = engine
            .merge_proposal(&admin, object, &members, survivor, &BTreeMap::new())
            .await
            .unwrap_or_else(|error| panic!("{tell}: {error}"));
        let mut choices = BTreeMap::new();
        for field in proposal.fields.iter().filter(|field| field.may_choose) {
            if self.percent(15) {
                let united = field.can_unite && self.percent(50);
                choices
                    .insert(field.field.clone(), if united { Choice::United } else { Choice::Of(self.pick(&members)) });
            }
        }
        let losers: Vec<Uuid> = members.iter().copied().filter(|id| *id != proposal.survivor).collect();
        let input = MergeInput { choices, ..MergeInput::new(proposal.survivor, losers) };
        match engine.merge(&admin, object, input.clone()).await {
            Ok(merge) => self.done.push(merge),
            // a chosen value may be none, or lead in a circle
            Err(Error::Invalid(errors)) if errors.iter().all(|error| matches!(error.code, "required" | "cycle")) => {
                let plain = MergeInput { choices: BTreeMap::new(), ..input };
                let merge = engine.merge(&admin, object, plain).await.unwrap_or_else(|error| panic!("{tell}: {error}"));
                self.done.push(merge);
            }
            Err(error) => panic!("{tell}: {error}"),
        }
    }

    async fn live(&self, object: &str) -> Vec<Uuid> {
        let query = ListQuery { object: object.to_owned(), limit: 1_000, ..ListQuery::default() };
        let page = self.site.engine.list(&self.site.admin, &query).await.expect("a list");
        page.records.iter().map(|record| record.id).collect()
    }

    /// What is true after whatever was merged and undone.
    async fn check(&self, tell: &str) {
        for finding in self.site.engine.doctor().await.expect("the doctor looks") {
            assert!(finding.well, "{tell}: {}", finding.text.en);
        }
        for (text, what) in [
            (
                "SELECT COUNT(*) FROM account a WHERE a.contact_count <> (SELECT COUNT(*) FROM contact c WHERE c.account_id = a.id AND c.deleted_at IS NULL)",
                "contacts are counted",
            ),
            (
                "SELECT COUNT(*) FROM account a WHERE a.interaction_count <> (SELECT COUNT(*) FROM interaction i WHERE i.account_id = a.id AND i.deleted_at IS NULL)",
                "follow-ups are counted",
            ),
            (
                "SELECT COUNT(*) FROM account a WHERE COALESCE(a.last_follow_up_at, 0) <> COALESCE((SELECT MAX(i.at) FROM interaction i WHERE i.account_id = a.id AND i.deleted_at IS NULL), 0)",
                "the last follow-up is the last",
            ),
            (
                "SELECT COUNT(*) FROM (SELECT account_id, user_id FROM team_member WHERE deleted_at IS NULL GROUP BY account_id, user_id HAVING COUNT(*) > 1) AS twice",
                "nobody is in a team twice",
            ),
            (
                "SELECT COUNT(*) FROM account_relation WHERE deleted_at IS NULL AND from_account_id = to_account_id",
                "nothing is related to itself",
            ),
            (
                "SELECT COUNT(*) FROM contact c JOIN account a ON a.id = c.account_id WHERE c.deleted_at IS NULL AND a.deleted_at IS NOT NULL",
                "what is live belongs to what is live",
            ),
        ] {
            let count = self.site.engine.db().read().await.expect("a reader").number(Sql::new(text)).await;
            assert_eq!(count.expect("a count"), 0, "{tell}: {what}");
        }
        for (object, field) in [("account", "parent_id"), ("contact", "reports_to_id")] {
            let mut tx = self.site.engine.db().read().await.expect("a reader");
            let query = Sql::new(&format!("SELECT id, {field} FROM {object} WHERE deleted_at IS NULL"));
            let mut above: BTreeMap<Uuid, Option<Uuid>> = BTreeMap::new();
            for row in tx.rows(query).await.expect("rows") {
                above.insert(row.must_id(0).expect("an id"), row.id(1).expect("an id"));
            }
            for start in above.keys() {
                let mut seen = BTreeSet::new();
                let mut at = Some(*start);
                while let Some(id) = at {
                    assert!(seen.insert(id), "{tell}: {object} {start} stands above itself");
                    at = above.get(&id).copied().flatten();
                }
            }
        }
    }
}

/// A code with the right check character (GB 32100-2015).
fn credit_code(n: usize) -> String {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("9137020016356{n:04}");
    let mut sum = 0;
    let mut weight = 1;
    for sign in body.bytes() {
        let value = SIGNS.iter().position(|known| *known == sign).expect("a sign of the standard");
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    format!("{body}{}", char::from(SIGNS[(31 - sum % 31) % 31]))
}
