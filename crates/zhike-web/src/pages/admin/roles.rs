//! Roles: a matrix of objects and rights, rights on fields, duties.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode};
use zhike_model::{Class, Model};
use zhike_records::{DataScope, FieldRight, ObjectRights, Rights, RoleInfo};
use zhike_types::{Error, Lang, Text};

use super::needs;
use crate::{
    fault::{Answer, Fault},
    form::Choice,
    frame::{Frame, html, html_as},
    link::Pairs,
    pages::id,
    session::{Flash, Signed},
    ui,
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "admin/roles.html")]
struct RolesPage {
    frame: Frame,
    lang: Lang,
    roles: Vec<(String, String, String, i64, bool)>,
}

pub async fn list(signed: Signed) -> Answer {
    needs(&signed, "users")?;
    let lang = signed.lang();
    let roles = signed.app.engine.roles(&signed.actor).await?;
    let lines = roles
        .iter()
        .map(|role| {
            (role.id.to_string(), role.label.get(lang).to_owned(), role.name.clone(), role.users, role.built_in)
        })
        .collect();
    html(&RolesPage { frame: Frame::new(&signed, lang.t("角色权限", "Roles"), "/admin/roles"), lang, roles: lines })
}

#[derive(Template)]
#[template(path = "admin/role.html")]
struct RolePage {
    frame: Frame,
    lang: Lang,
    id: String,
    name: String,
    zh: String,
    en: String,
    fixed: bool,
    built_in: bool,
    rows: Vec<RightsRow>,
    personal: Vec<Choice>,
    sensitive: Vec<Choice>,
    duties: Vec<Choice>,
    problem: Option<String>,
}

/// An object's line of the matrix.
struct RightsRow {
    object: String,
    label: String,
    read: Vec<Choice>,
    change: Vec<Choice>,
    delete: Vec<Choice>,
    create: bool,
    import: bool,
    export: bool,
    merge: bool,
    fields: Vec<FieldLine>,
    exceptions: usize,
}

struct FieldLine {
    name: String,
    label: String,
    class: String,
    choices: Vec<Choice>,
}

pub async fn new(signed: Signed) -> Answer {
    needs(&signed, "users")?;
    html(&page(&signed, None, &Rights::default(), None))
}

pub async fn show(signed: Signed, Path(role): Path<String>) -> Answer {
    needs(&signed, "users")?;
    let role = found(&signed, &role).await?;
    html(&page(&signed, Some(&role), &role.rights, None))
}

async fn found(signed: &Signed, role: &str) -> Result<RoleInfo, Fault> {
    let role = id(role)?;
    signed
        .app
        .engine
        .roles(&signed.actor)
        .await?
        .into_iter()
        .find(|known| known.id == role)
        .ok_or_else(|| Error::NotFound.into())
}

fn page(signed: &Signed, role: Option<&RoleInfo>, rights: &Rights, problem: Option<String>) -> RolePage {
    let lang = signed.lang();
    let model = signed.app.engine.model();
    let title = role.map_or_else(|| lang.t("新建角色", "New role").to_owned(), |role| role.label.get(lang).to_owned());
    RolePage {
        frame: Frame::new(signed, title, "/admin/roles").crumb(lang.t("角色权限", "Roles"), "/admin/roles"),
        lang,
        id: role.map(|role| role.id.to_string()).unwrap_or_default(),
        name: role.map(|role| role.name.clone()).unwrap_or_default(),
        zh: role.map(|role| role.label.zh.to_string()).unwrap_or_default(),
        en: role.map(|role| role.label.en.to_string()).unwrap_or_default(),
        fixed: role.is_some_and(|role| role.name == "admin"),
        built_in: role.is_some_and(|role| role.built_in),
        rows: rows(&model, rights, lang),
        personal: field_choices(Some(rights.personal), lang, false),
        sensitive: field_choices(Some(rights.sensitive), lang, false),
        duties: duties(rights, lang),
        problem,
    }
}

fn rows(model: &Model, rights: &Rights, lang: Lang) -> Vec<RightsRow> {
    let row = |name: &str, label: &str| {
        let of = rights.object(name).cloned().unwrap_or_default();
        let fields = model
            .object(name)
            .map(|object| object.fields.iter().filter(|field| !field.system).collect::<Vec<_>>())
            .unwrap_or_default();
        RightsRow {
            object: name.to_owned(),
            label: label.to_owned(),
            read: scopes(of.read, lang),
            change: scopes(of.change, lang),
            delete: scopes(of.delete, lang),
            create: of.create,
            import: of.import,
            export: of.export,
            merge: of.merge,
            exceptions: of.fields.len(),
            fields: fields
                .iter()
                .map(|field| FieldLine {
                    name: field.name.clone(),
                    label: field.label.get(lang).to_owned(),
                    class: class_word(field.class, lang).to_owned(),
                    choices: field_choices(of.fields.get(&field.name).copied(), lang, true),
                })
                .collect(),
        }
    };
    model
        .objects()
        .iter()
        .map(|object| row(&object.name, object.label.get(lang)))
        .chain([row("*", lang.t("其他对象", "All others"))])
        .collect()
}

fn class_word(class: Class, lang: Lang) -> &'static str {
    match class {
        Class::General => "",
        Class::Personal => lang.t("个人信息", "personal"),
        Class::Sensitive => lang.t("敏感", "sensitive"),
    }
}

fn scopes(chosen: DataScope, lang: Lang) -> Vec<Choice> {
    [
        (DataScope::None, "none", lang.t("无", "None")),
        (DataScope::Own, "own", lang.t("本人", "Own")),
        (DataScope::Department, "department", lang.t("本部门", "Department")),
        (DataScope::Below, "below", lang.t("本部门及下级", "And below")),
        (DataScope::All, "all", lang.t("全部", "All")),
    ]
    .into_iter()
    .map(|(scope, key, label)| Choice::new(key, label, scope == chosen))
    .collect()
}

fn scope(text: Option<&str>) -> DataScope {
    match text {
        Some("own") => DataScope::Own,
        Some("department") => DataScope::Department,
        Some("below") => DataScope::Below,
        Some("all") => DataScope::All,
        _ => DataScope::None,
    }
}

fn field_choices(chosen: Option<FieldRight>, lang: Lang, by_class: bool) -> Vec<Choice> {
    let mut choices = Vec::new();
    if by_class {
        choices.push(Choice::new("", lang.t("按类别", "By its class"), chosen.is_none()));
    }
    for (right, key, label) in [
        (FieldRight::Write, "write", lang.t("可改", "Write")),
        (FieldRight::Read, "read", lang.t("只读", "Read")),
        (FieldRight::Masked, "masked", lang.t("掩码", "Masked")),
        (FieldRight::Hidden, "hidden", lang.t("不可见", "Hidden")),
    ] {
        choices.push(Choice::new(key, label, chosen == Some(right)));
    }
    choices
}

/// A role's rights as one reads them, by what they are on: for the audit.
pub(super) fn in_words(rights: &Rights, model: &Model, lang: Lang) -> Vec<(String, String)> {
    let label = |choices: Vec<Choice>| {
        choices.into_iter().find(|choice| choice.chosen).map(|choice| choice.label).unwrap_or_default()
    };
    let comma = lang.t("，", ", ");
    let of_object = |name: &str, rights: &ObjectRights| {
        let scoped = [
            (lang.t("查看", "read"), rights.read),
            (lang.t("修改", "change"), rights.change),
            (lang.t("删除", "delete"), rights.delete),
        ];
        let plain = [
            (lang.t("新建", "create"), rights.create),
            (lang.t("导入", "import"), rights.import),
            (lang.t("导出", "export"), rights.export),
            (lang.t("合并", "merge"), rights.merge),
        ];
        let scoped = scoped.into_iter().filter(|(_, scope)| *scope > DataScope::None);
        let mut words: Vec<String> =
            scoped.map(|(word, scope)| format!("{word} {}", label(scopes(scope, lang)))).collect();
        words.extend(plain.into_iter().filter(|(_, may)| *may).map(|(word, _)| word.to_owned()));
        words.extend(rights.fields.iter().map(|(field, right)| {
            let field = model
                .object(name)
                .and_then(|object| object.field(field))
                .map_or(field.as_str(), |field| field.label.get(lang));
            format!("{field} {}", label(field_choices(Some(*right), lang, false)))
        }));
        if words.is_empty() { lang.t("无", "None").to_owned() } else { words.join(comma) }
    };
    let mut told: Vec<(String, String)> = rights
        .objects
        .iter()
        .map(|(name, rights)| {
            let label =
                model.object(name).map_or(lang.t("其他对象", "All others"), |object| object.label.get(lang));
            (label.to_owned(), of_object(name, rights))
        })
        .collect();
    for (class, right) in [(Class::Personal, rights.personal), (Class::Sensitive, rights.sensitive)] {
        told.push((class_word(class, lang).to_owned(), label(field_choices(Some(right), lang, false))));
    }
    let duties: Vec<String> =
        duties(rights, lang).into_iter().filter(|duty| duty.chosen).map(|duty| duty.label).collect();
    if !duties.is_empty() {
        told.push((lang.t("职责", "Duties").to_owned(), duties.join(lang.t("；", "; "))));
    }
    told
}

fn field_right(text: Option<&str>) -> Option<FieldRight> {
    match text? {
        "write" => Some(FieldRight::Write),
        "read" => Some(FieldRight::Read),
        "masked" => Some(FieldRight::Masked),
        "hidden" => Some(FieldRight::Hidden),
        _ => None,
    }
}

fn duties(rights: &Rights, lang: Lang) -> Vec<Choice> {
    [
        ("users", lang.t("管理用户、角色和部门", "Manage users, roles and departments")),
        ("model", lang.t("管理数据模型", "Manage the data model")),
        ("audit", lang.t("查看全部操作日志", "Read the whole audit")),
        (
            "bin",
            lang.t(
                "回收站管理：恢复别人删除的记录，彻底删除",
                "Recycle bin: restore what others deleted, delete for good",
            ),
        ),
        ("share-views", lang.t("把视图共享给同事", "Share views")),
        (
            "duplicates",
            lang.t("已有的客户，写明理由后仍可再建", "Make a customer that is there already, with a reason"),
        ),
        ("disputes", lang.t("撞单裁决：决定有争议的客户归谁", "Decide whose a claimed customer is")),
        ("pools", lang.t("设置公海，管理全部公海", "Set up public pools and manage all of them")),
        ("approval", lang.t("审批流程：设置哪些改动要审批、由谁审批", "Keep the processes of approval")),
        ("handover", lang.t("交接：把离职或转岗人员的客户交给别人", "Hand over the records of who leaves")),
    ]
    .into_iter()
    .map(|(key, label)| Choice::new(key, label, rights.may(key)))
    .collect()
}

pub async fn create(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, "users")?;
    keep(&signed, None, &pairs).await
}

pub async fn save(signed: Signed, Path(role): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, "users")?;
    let role = found(&signed, &role).await?;
    keep(&signed, Some(role), &pairs).await
}

async fn keep(signed: &Signed, role: Option<RoleInfo>, pairs: &Pairs) -> Answer {
    let engine = &signed.app.engine;
    let rights = read(&engine.model(), pairs);
    let zh = pairs.get("zh").unwrap_or_default().trim().to_owned();
    let en = pairs.get("en").map_or_else(|| zh.clone(), |text| text.trim().to_owned());
    let name =
        role.as_ref().map_or_else(|| pairs.get("name").unwrap_or_default().trim().to_owned(), |role| role.name.clone());
    match engine
        .save_role(&signed.actor, role.as_ref().map(|role| role.id), &name, Text::new(zh, en), rights.clone())
        .await
    {
        Ok(saved) => {
            Ok(Flash::new(t!(signed.lang(), "已保存角色“{}”", "Saved the role “{}”", saved.label.get(signed.lang())))
                .redirect("/admin/roles"))
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let text = error.message().get(signed.lang()).to_owned();
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(signed, role.as_ref(), &rights, Some(text)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The matrix as it was sent.
fn read(model: &Model, pairs: &Pairs) -> Rights {
    let mut rights = Rights {
        personal: field_right(pairs.get("personal")).unwrap_or(FieldRight::Write),
        sensitive: field_right(pairs.get("sensitive")).unwrap_or(FieldRight::Masked),
        duties: pairs.all("duty").map(str::to_owned).collect(),
        ..Rights::default()
    };
    for name in model.objects().iter().map(|object| object.name.as_str()).chain(["*"]) {
        let of = |what: &str| pairs.get(&format!("{name}.{what}"));
        let marked = |what: &str| of(what) == Some("1");
        let prefix = format!("{name}.field.");
        let fields = pairs
            .prefixed(&prefix)
            .filter_map(|(field, text)| Some((field.to_owned(), field_right(Some(text))?)))
            .collect();
        let row = ObjectRights {
            read: scope(of("read")),
            create: marked("create"),
            change: scope(of("change")),
            delete: scope(of("delete")),
            import: marked("import"),
            export: marked("export"),
            merge: marked("merge"),
            fields,
        };
        rights.objects.insert(name.to_owned(), row);
    }
    rights
}

pub async fn delete(signed: Signed, Path(role): Path<String>) -> Answer {
    needs(&signed, "users")?;
    signed.app.engine.delete_role(&signed.actor, id(&role)?).await?;
    Ok(Flash::new(signed.lang().t("角色已删除", "Role deleted")).redirect("/admin/roles"))
}
