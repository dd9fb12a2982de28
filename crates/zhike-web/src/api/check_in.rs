//! 签到: `POST …/check-in`, a form with where one is and, if there is one, a photo.

use axum::{
    extract::{FromRequest as _, Multipart, Request, State},
    http::StatusCode,
};
use zhike_records::{CheckInInput, Engine};
use zhike_types::{Text, text};

use super::{
    Answer,
    caller::Caller,
    lists::known,
    params::Params,
    path::{At, Id},
    problem::Problem,
    records,
    upload::broken,
};

pub async fn make(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    request: Request,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let input = read(request).await?;
    Ok(records::whole(&engine, &engine.check_in(&caller.actor, &object, id, input).await?))
}

async fn read(request: Request) -> Result<CheckInInput, Problem> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| {
        let text = Text::new("签到要用 multipart/form-data 发送。", "Send a check-in as multipart/form-data.");
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
    })?;
    let mut input = CheckInInput::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let number = |given: &str| {
            given.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
                Problem::invalid(name.clone(), "invalid", text!("「{}」要是数字。", "`{}` is a number.", name))
            })
        };
        match name.as_str() {
            "photo" => {
                let file = part.file_name().unwrap_or("photo").to_owned();
                input.photo = Some((file, part.bytes().await.map_err(broken)?.to_vec()));
            }
            "place" => input.place = part.text().await.map_err(broken)?,
            "latitude" => input.latitude = Some(number(&part.text().await.map_err(broken)?)?),
            "longitude" => input.longitude = Some(number(&part.text().await.map_err(broken)?)?),
            "accuracy" => input.accuracy = Some(number(&part.text().await.map_err(broken)?)?),
            _ => {
                let message = text!("没有「{}」这一项。", "There is no part `{}`.", name);
                return Err(Problem::invalid(name, "unknown", message));
            }
        }
    }
    Ok(input)
}
