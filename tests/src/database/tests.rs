use super::PostgresDatabase;

fn url(server: &str) -> String {
    // `forget`: no server stands behind these addresses.
    let database = std::mem::ManuallyDrop::new(PostgresDatabase { server: server.to_owned(), name: "z".to_owned() });
    database.url()
}

#[test]
fn the_database_takes_the_place_of_the_servers_own() {
    assert_eq!(url("postgres://u@127.0.0.1:5432/postgres"), "postgres://u@127.0.0.1:5432/z");
    assert_eq!(url("postgres://u@127.0.0.1:5432"), "postgres://u@127.0.0.1:5432/z");
    assert_eq!(url("postgres://u@localhost/postgres?host=/tmp/p"), "postgres://u@localhost/z?host=/tmp/p");
}
