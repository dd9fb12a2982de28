//! Saved views: made from the list as it stands, renamed, shared, deleted.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use zhike_model::Object;
use zhike_records::SavedView;
use zhike_types::{Error, Lang, Text};

use super::list::ListState;
use crate::{
    fault::{Answer, Fault},
    frame::sheet,
    link::Pairs,
    session::{Flash, Signed},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "list/view.html")]
struct ViewSheet {
    lang: Lang,
    title: String,
    action: String,
    name: String,
    shared: bool,
    may_share: bool,
    error: Option<String>,
}

pub async fn new(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let action = pairs.on(&format!("/{}/views", object.name));
    form(&signed, StatusCode::OK, &object, action, "", false, None)
}

pub async fn edit(signed: Signed, Path((object, view)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let saved = own(&signed, &object, &view).await?;
    form(
        &signed,
        StatusCode::OK,
        &object,
        format!("/{}/views/{view}", object.name),
        saved.view.label.get(signed.lang()),
        saved.shared,
        None,
    )
}

/// Makes a view of the list that the address describes.
pub async fn create(
    signed: Signed,
    Path(object): Path<String>,
    Query(pairs): Query<Pairs>,
    axum::Form(typed): axum::Form<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let state = ListState::read(&signed, &object, pairs.clone()).await?;
    let label = typed.get("name").unwrap_or_default().trim().to_owned();
    let shared = typed.get("shared") == Some("true");
    if label.is_empty() {
        let error = signed.lang().t("请给视图起个名字。", "Give the view a name.").to_owned();
        return form(
            &signed,
            StatusCode::UNPROCESSABLE_ENTITY,
            &object,
            pairs.on(&format!("/{}/views", object.name)),
            "",
            shared,
            Some(error),
        );
    }
    let view = state.as_view("", Text::same(label.clone()));
    match signed.app.engine.save_view(&signed.actor, &object.name, None, view, shared).await {
        Ok(saved) => Ok(go(
            &signed,
            &format!("/{}?view={}", object.name, saved.id),
            t!(signed.lang(), "已保存视图“{label}”", "Saved the view “{label}”"),
        )),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let text = error.message().get(signed.lang()).to_owned();
            form(
                &signed,
                StatusCode::UNPROCESSABLE_ENTITY,
                &object,
                pairs.on(&format!("/{}/views", object.name)),
                &label,
                shared,
                Some(text),
            )
        }
        Err(error) => Err(error.into()),
    }
}

/// Renames or shares a view; an address that describes a list puts that list into it.
pub async fn change(
    signed: Signed,
    Path((object, id)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
    axum::Form(typed): axum::Form<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let saved = own(&signed, &object, &id).await?;
    let mut view = saved.view.clone();
    let mut shared = saved.shared;
    if typed.any("name").is_some() {
        view.label = Text::same(typed.get("name").unwrap_or(view.label.get(signed.lang())).trim().to_owned());
        shared = typed.get("shared") == Some("true");
    } else {
        view = ListState::read(&signed, &object, pairs).await?.as_view(&saved.view.name, saved.view.label.clone());
    }
    signed.app.engine.save_view(&signed.actor, &object.name, Some(saved.id), view, shared).await?;
    Ok(go(&signed, &format!("/{}?view={id}", object.name), signed.lang().t("视图已更新", "View updated").to_owned()))
}

pub async fn delete(signed: Signed, Path((object, view)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let saved = own(&signed, &object, &view).await?;
    signed.app.engine.delete_view(&signed.actor, saved.id).await?;
    Ok(go(&signed, &format!("/{}", object.name), signed.lang().t("视图已删除", "View deleted").to_owned()))
}

async fn own(signed: &Signed, object: &Object, view: &str) -> Result<SavedView, Fault> {
    let id = super::id(view)?;
    let views = signed.app.engine.views(&signed.actor, &object.name).await?;
    views.into_iter().find(|saved| saved.id == id && saved.mine).ok_or_else(|| Error::NotFound.into())
}

fn form(
    signed: &Signed,
    status: StatusCode,
    object: &Object,
    action: String,
    name: &str,
    shared: bool,
    error: Option<String>,
) -> Answer {
    let lang = signed.lang();
    let title = if name.is_empty() {
        lang.t("保存为视图", "Save as a view")
    } else {
        lang.t("修改视图", "Change the view")
    };
    let page = ViewSheet {
        lang,
        title: title.to_owned(),
        action,
        name: name.to_owned(),
        shared,
        may_share: signed.actor.rights.may("share-views"),
        error,
    };
    sheet(signed, status, title, &format!("/{}", object.name), &page)
}

/// On to another page, from a page or from a dialog.
pub fn go(signed: &Signed, to: &str, said: String) -> Response {
    let mut response = Flash::new(said).redirect(to);
    if signed.sheet() {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().remove("location");
        if let Ok(value) = to.parse() {
            response.headers_mut().insert("hx-redirect", value);
        }
    }
    response.into_response()
}
