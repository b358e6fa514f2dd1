//! Clients that send nothing, or not the rest.

use std::time::Duration;

use crate::listener::Listener;

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
/// Short, so that the test is; nothing here has to be faster.
const PATIENCE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_is_told_so_and_the_connection_ends() {
    let listener = Listener::start(PATIENCE).await;
    for begun in ["G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nhost: x\r\n", "\r"] {
        let mut connection = listener.connect().await;
        connection.send(begun).await;
        let answer = connection.answer().await;
        assert_eq!(answer.status, 408, "{begun:?}");
        assert!(answer.body.contains("REQUEST_TIMEOUT"), "{answer:?}");
        assert_eq!(connection.end().await, "");
    }
}

#[tokio::test]
async fn a_connection_without_a_request_ends_without_an_answer() {
    let listener = Listener::start(PATIENCE).await;
    for idle in ["", "\r\n\r\n\n"] {
        let mut connection = listener.connect().await;
        connection.send(idle).await;
        assert_eq!(connection.end().await, "", "{idle:?}");
        let mut connection = listener.connect().await;
        connection.send(format!("{GET}{idle}")).await;
        assert_eq!(connection.answer().await.status, 200);
        assert_eq!(connection.end().await, "", "after an answer and {idle:?}");
    }
}
