//! What is asked of the audit: the filters above it, as they stand in the address.

use jiff::civil::{Date, Time};
use zhike_model::{Model, SortKey};
use zhike_records::{AuditQuery, ListQuery};
use zhike_types::{Lang, Uuid, Zone};

use crate::{form::Choice, link::Pairs, session::Signed, value::title_of, words::Say};

/// Names offered where no script finds them by their letters.
const PEOPLE: usize = 200;

pub struct Asked {
    /// `2026-11-20`, or empty.
    pub from: String,
    pub until: String,
    pub people: Vec<Choice>,
    pub objects: Vec<Choice>,
    pub actions: Vec<Choice>,
    /// Whether anything is asked for at all.
    pub any: bool,
    query: AuditQuery,
}

/// Deeds that one looks for together: name in the address, words, actions of the audit.
const ACTIONS: [(&str, &str, &str, &[&str]); 15] = [
    ("create", "新建", "created", &["create"]),
    ("change", "修改", "changed", &["change", "unlink"]),
    ("delete", "删除", "deleted", &["delete"]),
    ("restore", "恢复", "restored", &["restore"]),
    ("purge", "彻底删除", "deleted for good", &["purge"]),
    ("merge", "合并", "merged", &["merge", "merged", "move", "unmerge"]),
    ("duplicates", "查重", "reviewed duplicates", &["scan", "told-apart", "told-same", "told-open"]),
    ("import", "导入", "imported", &["import"]),
    ("export", "导出", "exported", &["export"]),
    ("sign-in", "登录", "signed in", &["sign-in"]),
    ("sign-in-failed", "登录失败", "failed to sign in", &["sign-in-failed"]),
    ("login", "账号与密码", "logins and passwords", &["credential", "password"]),
    ("rights", "角色与权限", "roles and rights", &["roles", "role", "role-deleted"]),
    ("token", "接口令牌", "tokens", &["token", "token-revoked"]),
    ("settings", "视图与模型", "views and the model", &["view", "view-deleted", "pack"]),
];

impl Asked {
    pub async fn read(signed: &Signed, pairs: &Pairs) -> Self {
        let lang = signed.lang();
        let engine = &signed.app.engine;
        let zone = engine.zone();
        let day = |name: &str| pairs.get(name).and_then(|text| text.parse::<Date>().ok());
        let (from, until) = (day("from"), day("until"));
        let action = ACTIONS.iter().find(|(key, ..)| pairs.get("action") == Some(*key));
        let query = AuditQuery {
            object: pairs.get("object").map(str::to_owned),
            user: pairs.get("user").and_then(|text| Uuid::parse_str(text).ok()),
            actions: action
                .map(|(.., names)| names.iter().map(|name| (*name).to_owned()).collect())
                .unwrap_or_default(),
            from: from.map(|day| midnight(zone, day)),
            // the whole of the last day
            until: until.and_then(|day| day.tomorrow().ok()).map(|day| midnight(zone, day)),
            ..AuditQuery::default()
        };
        let model = engine.model();
        let all = || std::iter::once(Choice::new("", lang.t("全部", "Everything"), false));
        let names = model.objects().iter().map(|object| object.name.clone());
        let objects = names
            .chain(["role", "view", "model"].map(str::to_owned))
            .map(|name| Choice::new(&name, &object_label(&model, &name, lang), query.object.as_deref() == Some(&name)));
        let actions = ACTIONS
            .iter()
            .map(|(key, zh, en, _)| Choice::new(key, lang.t(zh, en), action.is_some_and(|(chosen, ..)| chosen == key)));
        let written = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            from: written(from),
            until: written(until),
            people: people(signed, query.user).await,
            objects: all().chain(objects).collect(),
            actions: all().chain(actions).collect(),
            any: ["from", "until", "user", "object", "action"].iter().any(|name| pairs.get(name).is_some()),
            query,
        }
    }

    pub fn query(&self, before: Option<i64>, limit: usize) -> AuditQuery {
        AuditQuery { before, limit, ..self.query.clone() }
    }
}

fn midnight(zone: &Zone, day: Date) -> i64 {
    zone.instant(day.to_datetime(Time::midnight()))
}

/// Users by name; the chosen one is among them.
async fn people(signed: &Signed, chosen: Option<Uuid>) -> Vec<Choice> {
    let engine = &signed.app.engine;
    let query = ListQuery {
        object: "user".to_owned(),
        sort: vec![SortKey { field: "name".to_owned(), descending: false }],
        fields: Some(vec!["name".to_owned()]),
        limit: PEOPLE,
        lenient: true,
        ..ListQuery::default()
    };
    let mut users = engine.list(&signed.actor, &query).await.map(|page| page.records).unwrap_or_default();
    if let Some(id) = chosen.filter(|id| users.iter().all(|user| user.id != *id)) {
        users.extend(engine.read(&signed.actor, "user", id).await);
    }
    let choice =
        |id: String, label: &str| Choice::new(&id, label, chosen.is_some_and(|chosen| chosen.to_string() == id));
    users.iter().map(|user| choice(user.id.to_string(), &title_of(engine, user, signed.lang()))).collect()
}

/// What a kind of record, or of setting, is called.
pub fn object_label(model: &Model, name: &str, lang: Lang) -> String {
    match model.object(name) {
        Some(object) => object.label.get(lang),
        None => match name {
            "role" => lang.t("角色", "Role"),
            "view" => lang.t("视图", "View"),
            "model" => lang.t("数据模型", "Model"),
            other => other,
        },
    }
    .to_owned()
}
