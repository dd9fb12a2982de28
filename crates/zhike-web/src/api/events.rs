//! Live updates as server-sent events: what was written to records that the caller may see.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse as _, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::stream;
use serde_json::json;
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    time::{Instant, sleep, sleep_until},
};
use zhike_records as records;

use super::{Answer, Api, caller::Caller, params::Params};

/// A comment this often keeps proxies from closing the connection, and finds out that the reader has gone.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// So many events waiting are a flood: one "read again" stands for all of them.
const FLOOD: usize = 100;
/// How long a flood is waited for before that is said.
const PAUSE: Duration = Duration::from_secs(1);

struct Listener {
    api: Api,
    caller: Caller,
    events: Receiver<Arc<records::Event>>,
    /// The reader comes back and may have missed something.
    returned: bool,
    /// When to ask again whether the caller may still listen.
    check: Instant,
    /// The server is told to stop: a stream that went on would keep it from stopping.
    stopping: watch::Receiver<bool>,
}

pub async fn stream(State(api): State<Api>, caller: Caller, params: Params, headers: HeaderMap) -> Answer {
    params.finish()?;
    let listener = Listener {
        events: api.engine.events(),
        returned: headers.contains_key("last-event-id"),
        check: Instant::now() + HEARTBEAT,
        stopping: api.app.stopping.subscribe(),
        api,
        caller,
    };
    let events = stream::unfold(listener, next);
    let alive = KeepAlive::new().interval(HEARTBEAT).text("");
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // nginx would hold events back until its buffer is full
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

async fn next(mut listener: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    if std::mem::take(&mut listener.returned) {
        return Some((Ok(refetch()), listener));
    }
    loop {
        match listener.wait().await {
            Next::Event(event) => {
                if let Some(event) = listener.shown(&event).await {
                    return Some((Ok(event), listener));
                }
            }
            Next::Missed => {
                sleep(PAUSE).await;
                listener.events = listener.events.resubscribe();
                return Some((Ok(refetch()), listener));
            }
            Next::End => return None,
            Next::Check => {
                // the session may have ended, the rights may have changed
                listener.caller = listener.caller.again(&listener.api).await.ok()??;
                listener.check = Instant::now() + HEARTBEAT;
            }
        }
    }
}

/// What a listener woke for.
enum Next {
    Event(Arc<records::Event>),
    /// The reader was too slow: some were dropped.
    Missed,
    Check,
    End,
}

impl Listener {
    async fn wait(&mut self) -> Next {
        tokio::select! {
            received = self.events.recv() => match received {
                // in the middle of an import nobody wants each row told, nor asks the database about it
                Ok(_) if self.events.len() > FLOOD => Next::Missed,
                Ok(event) => Next::Event(event),
                Err(RecvError::Lagged(_)) => Next::Missed,
                Err(RecvError::Closed) => Next::End,
            },
            _ = self.stopping.wait_for(|stopping| *stopping) => Next::End,
            () = sleep_until(self.check) => Next::Check,
        }
    }

    /// The event as the caller may read it; none when it is none of theirs.
    async fn shown(&self, event: &records::Event) -> Option<Event> {
        let actor = &self.caller.actor;
        if !self.api.engine.hears(actor, event).await.unwrap_or(false) {
            return None;
        }
        let model = self.api.engine.model();
        let object = model.object(&event.object)?;
        let states = self.api.engine.field_states(actor, object);
        let hidden = |name: &str| object.index_of(name).is_some_and(|i| states[i] == records::FieldState::Hidden);
        let fields: Vec<&String> = event.fields.iter().filter(|name| !hidden(name)).collect();
        let by = event.actor_id.map(|id| json!({ "id": id, "name": event.actor }));
        let data = json!({
            "kind": event.kind,
            "object": event.object,
            "id": event.record_id,
            "fields": fields,
            "by": by,
            "mine": event.actor_id.is_some() && event.actor_id == actor.user_id,
        });
        Some(Event::default().event("record").id(event.seq.to_string()).data(data.to_string()))
    }
}

/// Something may have been missed: read again what is shown.
fn refetch() -> Event {
    Event::default().event("refetch").data("{}")
}
