//! Names and ids in a path. What cannot be an id is not there: 404, as for one that is not known.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use zhike_types::Uuid;

use super::problem::Problem;

/// The path's parts, in order.
pub struct At<T>(pub T);

/// An id as we write it: 36 characters. Other spellings of a UUID would be other names for one resource.
pub struct Id(pub Uuid);

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let id = if text.len() == 36 { Uuid::try_parse(&text).ok() } else { None };
        id.map(Self).ok_or_else(|| serde::de::Error::custom("not an id"))
    }
}

impl<T, S> FromRequestParts<S> for At<T>
where
    T: serde::de::DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Path::from_request_parts(parts, state).await.map(|Path(value)| Self(value)).map_err(|_| Problem::not_found())
    }
}
