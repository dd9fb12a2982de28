//! What can be made of an open record, in its menu.

use axum::extract::Path;
use zhike_types::Error;

use crate::{
    fault::Answer,
    session::{Flash, Signed},
    value::title_of,
    words::t,
};

pub async fn make(signed: Signed, Path((object, id, name)): Path<(String, String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let (id, lang) = (super::id(&id)?, signed.lang());
    let copying = object.copies.iter().find(|copying| copying.name == name).ok_or(Error::NotFound)?;
    let made = signed.app.engine.copy(&signed.actor, &object.name, id, &name).await?;
    let (what, title) = (made.object.label.get(lang).to_owned(), title_of(&signed.app.engine, &made, lang));
    let text = t!(lang, "已新建{} {}", "Created {} {}", what, title);
    Ok(Flash::new(text).redirect(&format!("/{}/{}", copying.to, made.id)))
}
