//! `PgBouncer` in transaction mode, in front of the PostgreSQL that the tests use.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use ::record::entropy::SeededEntropy;
use ::record::store::Store;
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{ConnectionTrait, Database};
use service::record::verification::Extent;
use service::{
    Settings,
    cases::desk::Caller,
    record::{housekeeping, verification},
};
use sha2::{Digest, Sha256};

use crate::answers::{create_full_draft, key, send_complaint};
use crate::world::{World, postgres};

/// The program from Debian's package `pgbouncer`.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

struct Pooler(Child);

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a pooler with few connections, so that transactions change connections. Returns `None` where it is not installed.
fn start(folder: &Path, server: &str, database: &str, further: &str) -> Option<(Pooler, u16)> {
    if !Path::new(PROGRAM).exists() {
        return None;
    }
    let server: axum::http::Uri = server.parse().unwrap();
    let authority = server.authority().unwrap();
    let user = authority.as_str().split('@').next().unwrap().split(':').next().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!(
        "[databases]\n{database} = host={} port={} dbname={database} user={user}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         auth_type = any\nunix_socket_dir =\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 100\nserver_round_robin = 1\n{further}\n",
        server.host().unwrap(),
        server.port_u16().unwrap_or(5432),
    );
    // PgBouncer refuses to run as root, and must be able to read its settings as another user.
    let path = folder.join("pgbouncer.ini");
    std::fs::write(&path, settings).unwrap();
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let mut command = Command::new(PROGRAM);
    if rustix::process::getuid().is_root() {
        command.args(["-u", "nobody"]);
    }
    let mut child = command.arg(&path).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let up = lines.by_ref().map_while(Result::ok).any(|line| line.contains("process up"));
    assert!(up, "the pooler must be running");
    // Drains the log, so that the pooler never blocks on it.
    std::thread::spawn(move || lines.for_each(drop));
    Some((Pooler(child), port))
}

#[rstest]
#[case::as_installed("")]
#[case::with_parameters_dropped("ignore_startup_parameters = extra_float_digits,options")]
#[tokio::test(flavor = "multi_thread")]
async fn everything_works_by_way_of_a_pooler_in_transaction_mode(#[case] further: &str) {
    let Some(server) = postgres() else { return };
    let folder = tempfile::tempdir().unwrap();
    let name = format!(
        "p{}",
        &::hex::encode(Sha256::digest(folder.path().as_os_str().as_encoded_bytes()))[..24]
    );
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    {
        let Some((_pooler, port)) = start(folder.path(), &server, &name, further) else {
            admin.execute_unprepared(&format!("DROP DATABASE {name}")).await.unwrap();
            eprintln!("{PROGRAM} is not installed: its tests are skipped");
            return;
        };
        let url = format!("postgres://onrecord@127.0.0.1:{port}/{name}");
        let store = Store::connect(&url).await.unwrap();
        store.migrate().await.unwrap();
        store.migrate().await.unwrap();
        let inner = tempfile::tempdir().unwrap();
        let world = World::on_store(store, inner, url.clone(), Settings::default(), Arc::new(SeededEntropy::new(7)));
        let services = &world.services;
        let (_, case) = send_complaint(services).await;
        // Many requests at once, so that transactions run on different connections.
        let tokens = join_all((0..12).map(|_| create_full_draft(services))).await;
        let keys: Vec<_> = (0..tokens.len()).map(|n| key(&format!("key-{n}"))).collect();
        let sent = join_all(
            tokens
                .iter()
                .zip(&keys)
                .map(|(token, key)| service::cases::submission::submit(services, token, key)),
        )
        .await;
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
        let feed = service::cases::desk::feed(services, &Caller::at_command_line("ash"), None, None)
            .await
            .unwrap();
        assert!(feed.events.len() >= 13, "{}", feed.events.len());
        let found = verification::verify_to(services, &case.reference, Extent::Database)
            .await
            .unwrap()
            .unwrap();
        assert!(
            matches!(found.verdict, ::record::verification::VerificationResult::Intact { .. }),
            "{:?}",
            found.verdict
        );
        housekeeping::clean_up(services).await.unwrap();
        services.store().clone().probe(services.request_id()).await.unwrap();
        services.store().clone().close().await.unwrap();
    }
    admin
        .execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)"))
        .await
        .unwrap();
}
