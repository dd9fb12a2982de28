use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

use super::{Connection, Request};

/// Answers each request of one connection with the next text, in two pieces to try the joins.
async fn answers(texts: &'static [&'static str]) -> (std::net::SocketAddr, JoinSet<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut asked = Vec::new();
        for text in texts {
            let mut buffer = vec![0; 4096];
            let count = stream.read(&mut buffer).await.expect("a request");
            asked.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
            let (first, second) = text.as_bytes().split_at(text.len() / 2);
            stream.write_all(first).await.expect("the client reads");
            tokio::task::yield_now().await;
            stream.write_all(second).await.expect("the client reads");
        }
        asked
    });
    (address, tasks)
}

#[tokio::test]
async fn lengths_chunks_and_empty_answers_on_one_connection() {
    let (address, mut server) = answers(&[
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\nto the end",
    ])
    .await;
    let mut connection = Connection::open(address).await.expect("a listener");
    let mut seen = Vec::new();
    for request in [
        Request::get("/a?b=%20").with_headers("Cookie: s=1\r\n"),
        Request::get("/c"),
        Request::get("/d"),
        Request::post("/e", "{\"x\":1}".to_owned()),
        Request::get("/f"),
    ] {
        let response = connection.ask(&request).await.expect("an answer");
        seen.push((response.status, String::from_utf8_lossy(&response.body).into_owned()));
    }
    let expected = [(200, "hello"), (200, "abc0123456789"), (204, ""), (201, "{}"), (500, "to the end")];
    assert_eq!(seen, expected.map(|(status, text)| (status, text.to_owned())));

    let asked = server.join_next().await.expect("one task").expect("no panic");
    assert_eq!(asked[0], format!("GET /a?b=%20 HTTP/1.1\r\nHost: {address}\r\nCookie: s=1\r\n\r\n"));
    assert!(asked[3].ends_with("Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"x\":1}"), "{}", asked[3]);
}

#[tokio::test]
async fn a_connection_closed_half_way_is_an_error() {
    let (address, _server) = answers(&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"]).await;
    let mut connection = Connection::open(address).await.expect("a listener");
    assert!(connection.ask(&Request::get("/")).await.is_err());
}
