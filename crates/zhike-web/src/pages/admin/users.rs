//! Accounts: who may sign in, with what roles. The facts about people are the ordinary list of users.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_records::{Input, ListQuery, Record};
use zhike_types::{Error, FieldError, Lang};

use super::needs;
use crate::{
    fault::{Answer, Fault},
    form::Choice,
    frame::{Frame, html, html_as},
    link::Pairs,
    pages::id,
    session::{Flash, Signed},
    ui,
    value::title_of,
    words::Say,
};

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    frame: Frame,
    lang: Lang,
    users: Vec<UserLine>,
    more: Option<String>,
}

struct UserLine {
    id: String,
    name: String,
    login: String,
    department: String,
    roles: Vec<String>,
    active: bool,
    seen: String,
}

pub async fn list(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    needs(&signed, "users")?;
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let query = ListQuery {
        object: "user".into(),
        after: pairs.get("after").map(str::to_owned),
        sort: vec![zhike_model::SortKey { field: "name".into(), descending: false }],
        lenient: true,
        ..ListQuery::default()
    };
    let page = engine.list(&signed.actor, &query).await?;
    let roles = engine.roles(&signed.actor).await?;
    let ids: Vec<_> = page.records.iter().map(|user| user.id).collect();
    let held = engine.roles_of_all(&signed.actor, &ids).await?;
    let mut users = Vec::new();
    for user in &page.records {
        let mine = held.get(&user.id).map(Vec::as_slice).unwrap_or_default();
        users.push(UserLine {
            id: user.id.to_string(),
            name: title_of(engine, user, lang),
            login: engine.show(user, "login", lang),
            department: engine.show(user, "department", lang),
            roles: roles
                .iter()
                .filter(|role| mine.contains(&role.id))
                .map(|role| role.label.get(lang).to_owned())
                .collect(),
            active: user.value("active").as_bool() != Some(false),
            seen: engine.show(user, "last_sign_in_at", lang),
        });
    }
    html(&UsersPage {
        frame: Frame::new(&signed, lang.t("账号与角色", "Logins"), "/admin/users"),
        lang,
        users,
        more: page.next.map(|cursor| pairs.with("after", cursor).on("/admin/users")),
    })
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    frame: Frame,
    lang: Lang,
    id: String,
    name: String,
    login: String,
    active: bool,
    roles: Vec<Choice>,
    errors: Vec<FieldError>,
}

impl UserPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.get(self.lang))
    }
}

pub async fn show(signed: Signed, Path(user): Path<String>) -> Answer {
    needs(&signed, "users")?;
    let user = signed.app.engine.read(&signed.actor, "user", id(&user)?).await?;
    html(&page(&signed, &user, Vec::new()).await?)
}

async fn page(signed: &Signed, user: &Record, errors: Vec<FieldError>) -> Result<UserPage, Fault> {
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let mine = engine.roles_of(&signed.actor, user.id).await?;
    let roles = engine.roles(&signed.actor).await?;
    let name = title_of(engine, user, lang);
    Ok(UserPage {
        frame: Frame::new(signed, name.clone(), "/admin/users").crumb(lang.t("账号与角色", "Logins"), "/admin/users"),
        lang,
        id: user.id.to_string(),
        name,
        login: engine.show(user, "login", lang),
        active: user.value("active").as_bool() != Some(false),
        roles: roles
            .iter()
            .map(|role| Choice::new(&role.id.to_string(), role.label.get(lang), mine.contains(&role.id)))
            .collect(),
        errors,
    })
}

/// A sign-in name and a password.
pub async fn credential(signed: Signed, Path(user): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, "users")?;
    let engine = &signed.app.engine;
    let user_id = id(&user)?;
    match engine
        .set_credential(
            &signed.actor,
            user_id,
            pairs.get("login").unwrap_or_default(),
            pairs.any("password").unwrap_or_default(),
        )
        .await
    {
        Ok(()) => Ok(Flash::new(
            signed.lang().t("已设置，请把登录名和密码告诉本人", "Set. Tell the person their sign-in name and password"),
        )
        .redirect(&format!("/admin/users/{user_id}"))),
        Err(Error::Invalid(errors)) => {
            let user = engine.read(&signed.actor, "user", user_id).await?;
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&signed, &user, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Roles, and whether the user may sign in at all.
pub async fn roles(signed: Signed, Path(user): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, "users")?;
    let engine = &signed.app.engine;
    let user_id = id(&user)?;
    let chosen: Result<Vec<_>, _> = pairs.all("role").map(id).collect();
    engine.set_roles(&signed.actor, user_id, &chosen?).await?;
    let active = if pairs.all("active").any(|text| text == "true") { "true" } else { "false" };
    engine.change(&signed.actor, "user", user_id, None, Input::default().set("active", active)).await?;
    Ok(Flash::new(signed.lang().t("已保存", "Saved")).redirect(&format!("/admin/users/{user_id}")))
}
