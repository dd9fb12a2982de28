//! A closed loop: each client asks, waits for the answer, and asks again.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    connection::{Connection, Request},
    dice::Dice,
    latency::Latencies,
};

/// Makes the next request of a client.
pub type Next = Arc<dyn Fn(&mut Dice) -> Request + Send + Sync>;

/// What one run of a load found.
#[derive(Debug, Default)]
pub struct Outcome {
    pub latencies: Latencies,
    /// How long the measured part took.
    pub lasted: Duration,
    /// Answers with another status than expected, and broken connections.
    pub failed: usize,
    /// The first of them, in words.
    pub first_failure: Option<String>,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.latencies.count() as f64 / self.lasted.as_secs_f64().max(f64::EPSILON)
    }
}

/// How a load is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub clients: usize,
    /// Not measured: caches and pools fill.
    pub warm_up: Duration,
    pub measured: Duration,
    pub expected: u16,
}

/// Runs the load to its end.
pub async fn run(address: SocketAddr, plan: Plan, next: &Next) -> Outcome {
    let start = Instant::now() + plan.warm_up;
    let mut clients = JoinSet::new();
    for number in 0..plan.clients {
        let next = Arc::clone(next);
        clients.spawn(async move { client(address, plan, start, &next, number as u64).await });
    }
    let mut total = Outcome { lasted: plan.measured, ..Outcome::default() };
    while let Some(outcome) = clients.join_next().await {
        let outcome = outcome.expect("a client does not panic");
        total.latencies.merge(outcome.latencies);
        total.failed += outcome.failed;
        total.first_failure = total.first_failure.or(outcome.first_failure);
    }
    total
}

async fn client(address: SocketAddr, plan: Plan, start: Instant, next: &Next, number: u64) -> Outcome {
    let end = start + plan.measured;
    let mut dice = Dice::new(number + 1);
    let mut outcome = Outcome::default();
    let mut connection = None;
    while Instant::now() < end {
        let request = next(&mut dice);
        let asked = Instant::now();
        let answer = match connection.take() {
            Some(open) => ask(open, &request).await,
            None => match Connection::open(address).await {
                Ok(open) => ask(open, &request).await,
                Err(error) => Err(error),
            },
        };
        let took = asked.elapsed();
        let failure = match answer {
            Ok((open, status, body)) => {
                connection = Some(open);
                (status != plan.expected).then(|| format!("{status}: {}", String::from_utf8_lossy(&body)))
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(failure) = failure {
            outcome.failed += 1;
            outcome
                .first_failure
                .get_or_insert_with(|| format!("{} {} → {}", request.method, request.path, beginning(&failure)));
        } else if asked >= start {
            // Also one that ends after the end: leaving the slow ones out would flatter.
            outcome.latencies.record(took);
        }
    }
    outcome
}

async fn ask(mut connection: Connection, request: &Request) -> std::io::Result<(Connection, u16, Vec<u8>)> {
    let response = connection.ask(request).await?;
    Ok((connection, response.status, response.body))
}

fn beginning(text: &str) -> String {
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests;
