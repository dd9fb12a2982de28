use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

use super::{Next, Plan, run};
use crate::connection::Request;

/// A server that answers everything with 200 and closes each connection after ten answers.
async fn server() -> (std::net::SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let (mut stream, _) = listener.accept().await.expect("a client");
            connections.spawn(async move {
                let mut buffer = [0; 1024];
                for _ in 0..10 {
                    if stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                        stream
                            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                            .await
                            .expect("the client reads");
                    }
                }
            });
        }
    });
    (address, tasks)
}

fn plan(expected: u16) -> Plan {
    Plan { clients: 3, warm_up: Duration::from_millis(20), measured: Duration::from_millis(100), expected }
}

#[tokio::test]
async fn answers_are_counted_and_closed_connections_are_failures() {
    let (address, _server) = server().await;
    let next: Next = Arc::new(|_| Request::get("/x"));
    let mut outcome = run(address, plan(200), &next).await;
    assert!(outcome.latencies.count() > 30, "{} answers", outcome.latencies.count());
    assert!(outcome.failed > 0 && outcome.failed < outcome.latencies.count(), "{} failed", outcome.failed);
    assert!(outcome.latencies.percentile(50.0) > Some(Duration::ZERO));
    assert!(outcome.per_second() > 300.0);
}

#[tokio::test]
async fn another_status_is_a_failure_and_says_what_came() {
    let (address, _server) = server().await;
    let next: Next = Arc::new(|_| Request::get("/x"));
    let outcome = run(address, plan(201), &next).await;
    assert_eq!(outcome.latencies.count(), 0);
    assert_eq!(outcome.first_failure.as_deref(), Some("GET /x → 200: ok"));
}
