use std::convert::Infallible;
use std::io;

use futures::stream;
use rstest::rstest;
use tokio::net::TcpListener;

use crate::clamd::*;

#[rstest]
#[case("tcp://127.0.0.1:3310", true)]
#[case("tcp://[::1]:3310", true)]
#[case("tcp://scanner.example.org:3310", true)]
#[case("unix:///run/clamav/clamd.ctl", true)]
#[case("tcp://127.0.0.1", false)]
#[case("tcp://127.0.0.1:0", false)]
#[case("tcp://:3310", false)]
#[case("tcp://127.0.0.1:3310/x", false)]
#[case("unix://run/clamd.ctl", false)]
#[case("127.0.0.1:3310", false)]
#[case("http://127.0.0.1:3310", false)]
#[case("", false)]
fn addresses(#[case] text: &str, #[case] good: bool) {
    let read = text.parse::<Address>();
    assert_eq!(read.as_ref().is_ok_and(|a| a.to_string() == text), good, "{read:?}");
}

#[test]
fn only_ok_about_a_whole_file_is_clean() {
    let is = |said, whole| read::<Infallible>(said, whole);
    assert!(matches!(is("stream: OK", true), Ok(Verdict::Clean)));
    assert!(matches!(is("stream: Eicar-Signature FOUND", true), Ok(Verdict::Infected { signature }) if signature == "Eicar-Signature"));
    assert!(matches!(
        is("INSTREAM size limit exceeded. ERROR", false),
        Err(ScanError::BeyondLimits)
    ));
    let unread = "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND";
    assert!(
        matches!(is(unread, true), Err(ScanError::BeyondLimits)),
        "a file that was not scanned is not infected"
    );
    for guess in [
        "Heuristics.Encrypted.PDF",
        "Heuristics.OLE2.ContainsMacros.VBA",
        "Heuristics.Phishing.Email.SpoofedDomain",
        "Heuristics.Broken.Media.JPEG.JFIFmarkerBadSize",
        "PUA.Pdf.Trojan.EmbeddedJavaScript-1",
    ] {
        let said = format!("stream: {guess} FOUND");
        assert!(matches!(read::<Infallible>(&said, true), Ok(Verdict::Suspected { signature }) if signature == guess));
    }
    let virus = "stream: Pdf.Exploit.Heuristics-1 FOUND";
    assert!(
        matches!(is(virus, true), Ok(Verdict::Infected { .. })),
        "the signature is named after the detection method"
    );
    assert!(matches!(is("stream: OK", false), Err(ScanError::Failed(_))));
    for said in [
        "",
        "OK",
        "stream: ",
        "stream: OK FOUNDLING",
        "stream: Can't allocate memory ERROR",
        "PONG",
    ] {
        assert!(matches!(is(said, true), Err(ScanError::Failed(_))), "{said:?}");
    }
}

/// A daemon that reads `takes` bytes, answers `says` and closes the connection.
async fn daemon(takes: usize, says: &'static [u8]) -> Clamd {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut taken = vec![0; takes];
        connection.read_exact(&mut taken).await.unwrap();
        connection.write_all(says).await.unwrap();
    });
    Clamd {
        address: Address::Tcp(address.to_string()),
        patience: Patience {
            connect: Duration::from_secs(5),
            scan: Duration::from_secs(2),
        },
    }
}

fn file(pieces: usize) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::iter((0..pieces).map(|_| Ok(Bytes::from_static(&[7; 1000]))))
}

#[tokio::test]
async fn half_an_answer_is_no_verdict() {
    let clamd = daemon(1000, b"stream: OK").await;
    assert!(
        matches!(clamd.scan(file(1)).await, Err(ScanError::BrokenOff)),
        "half an answer is no verdict"
    );
    let clamd = daemon(1000, b"stream: OK\0").await;
    assert!(matches!(
        clamd.scan(stream::pending::<Result<Bytes, Infallible>>()).await,
        Err(ScanError::TookTooLong)
    ));
    // The daemon answers before the end of the file was sent.
    let clamd = daemon(100_000, b"stream: OK\0").await;
    let endless = file(200).chain(stream::pending());
    assert!(matches!(clamd.scan(endless).await, Err(ScanError::Failed(_))));
}

#[tokio::test]
async fn what_it_says_before_it_hangs_up_is_heard() {
    let clamd = daemon(100, b"INSTREAM size limit exceeded. ERROR\0").await;
    assert!(matches!(clamd.scan(file(20_000)).await, Err(ScanError::BeyondLimits)));
    let clamd = daemon(100, b"").await;
    assert!(matches!(clamd.scan(file(20_000)).await, Err(ScanError::BrokenOff)));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_and_a_daemon_that_is_not_there_are_told_apart() {
    let clamd = daemon(10, b"").await;
    let broken = stream::iter([Ok(Bytes::from_static(b"abc")), Err(io::Error::from(io::ErrorKind::NotFound))]);
    assert!(matches!(clamd.scan(broken).await, Err(ScanError::Unread(_))));
    let unreachable = Clamd {
        address: "tcp://127.0.0.1:1".parse().unwrap(),
        ..clamd
    };
    assert!(matches!(unreachable.scan(file(1)).await, Err(ScanError::Unreachable(_))));
    assert!(matches!(unreachable.version().await, Err(ScanError::Unreachable(_))));
    let unix = Clamd {
        address: "unix:///nowhere/clamd.ctl".parse().unwrap(),
        ..unreachable
    };
    assert!(matches!(unix.version().await, Err(ScanError::Unreachable(_))));
}
