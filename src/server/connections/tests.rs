use std::net::Ipv4Addr;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use super::*;
use crate::http::client::parse_network;

const BOUNDS: Bounds = Bounds {
    most: 100,
    per_address: 10,
    idle: Duration::from_millis(300),
    idle_of_proxy: Duration::from_mins(1),
};

struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

async fn server(bounds: Bounds, proxies: &[&str]) -> Server {
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_millis(600)).await;
                "at last"
            }),
        )
        .layer(axum::middleware::from_fn(|request: Request, next: axum::middleware::Next| async {
            assert!(request.uri().path() != "/panics", "made up");
            next.run(request).await
        }));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let proxies = Proxies::new(proxies.iter().map(|proxy| parse_network(proxy).unwrap()).collect());
    let serving = tokio::spawn(serve(listener, app, bounds, proxies, stopped));
    Server { address, stop, serving }
}

impl Server {
    async fn open(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn say(&self, text: &str) -> String {
        read(self.open(text).await).await
    }
}

async fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection closed by the server may be reset.
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer))
        .await
        .expect("the wait must end in time");
    String::from_utf8_lossy(&answer).into_owned()
}

const WHOLE: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn half_a_head_nothing_at_all_and_a_rest_after_an_answer_are_ended() {
    let server = server(BOUNDS, &[]).await;
    let half = server.open("GET / HTTP/1.1\r\nhost: x\r\n").await;
    let nothing = server.open("").await;
    let kept = server.open("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let (half, nothing, kept) = tokio::join!(read(half), read(nothing), read(kept));
    assert!(!half.contains("hello") && !nothing.contains("hello"), "{half}{nothing}");
    assert!(kept.ends_with("hello"), "{kept}");
}

#[tokio::test]
async fn a_proxy_may_keep_its_connections() {
    let server = server(BOUNDS, &["127.0.0.0/8"]).await;
    let mut kept = server.open("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(BOUNDS.idle * 2).await;
    kept.write_all(WHOLE.as_bytes()).await.unwrap();
    assert_eq!(read(kept).await.matches("hello").count(), 2);
}

#[tokio::test]
async fn many_half_heads_of_one_address_leave_room_for_it_and_others() {
    let bounds = Bounds {
        idle: Duration::from_mins(1),
        ..BOUNDS
    };
    let server = server(bounds, &[]).await;
    let mut held = Vec::new();
    for _ in 0..40 {
        held.push(server.open("GET / HTTP/1.1\r\n").await);
    }
    assert!(server.say(WHOLE).await.ends_with("hello"));
    let mut ended = 0;
    for mut stream in held {
        let read = tokio::time::timeout(Duration::from_millis(50), stream.read_u8()).await;
        ended += usize::from(read.is_ok_and(|read| read.is_err()));
    }
    assert!(ended >= 30, "{ended}");
}

#[tokio::test]
async fn a_panic_in_the_outermost_layer_is_one_request_that_failed() {
    let server = server(BOUNDS, &[]).await;
    let answer = server.say("GET /panics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    let answer = server.say("CONNECT x:80 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    assert!(server.say(WHOLE).await.ends_with("hello"));
}

#[tokio::test]
async fn told_to_stop_it_answers_what_is_under_way_and_takes_nothing_new() {
    let bounds = Bounds {
        idle: Duration::from_mins(1),
        ..BOUNDS
    };
    let server = server(bounds, &[]).await;
    let slow = server.open("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Half a request head must not delay the shutdown.
    let _half = server.open("GET / HTTP/1.1\r\nhost: x\r\n").await;
    server.stop.send(true).unwrap();
    assert!(read(slow).await.ends_with("at last"));
    tokio::time::timeout(Duration::from_secs(20), server.serving)
        .await
        .expect("the wait must end in time")
        .unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[test]
fn connections_leave_open_files_for_the_rest() {
    let bounds = Bounds {
        most: 2000,
        per_address: 200,
        ..BOUNDS
    };
    let small = bounds.within(256);
    assert_eq!((small.most, small.per_address), (78, 19));
    let large = bounds.within(65536);
    assert_eq!((large.most, large.per_address), (2000, 200));
    assert!(bounds.within(0).most > 0);
}
