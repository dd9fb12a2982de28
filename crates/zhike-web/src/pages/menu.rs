//! Everything there is, for a phone: the rail as a page.

use askama::Template;

use crate::{
    fault::Answer,
    frame::{Frame, html},
    session::Signed,
    ui,
    words::Say,
};

#[derive(Template)]
#[template(path = "home/menu.html")]
struct MenuPage {
    frame: Frame,
}

pub async fn show(signed: Signed) -> Answer {
    html(&MenuPage { frame: Frame::new(&signed, signed.lang().t("更多", "More"), "/menu") })
}
