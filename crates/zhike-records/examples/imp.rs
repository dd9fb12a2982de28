use std::time::Instant;
use zhike_records::{Actor, Engine, ImportState, Options, Source};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let rt = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    rt.block_on(async {
        let engine = Engine::open(Options::new(&args[2], args.get(3).cloned())).await.unwrap();
        let actor = Actor::system(Source::Command);
        let start = Instant::now();
        let info = engine.import_upload(&actor, "account", "a.csv", std::path::Path::new(&args[1])).await.unwrap();
        println!("upload {:?}", start.elapsed());
        let start = Instant::now();
        engine.import_start(&actor, info.id, false).await.unwrap();
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let now = engine.import_info(&actor, info.id).await.unwrap();
            if now.state == ImportState::Done || now.state == ImportState::Failed {
                let t = start.elapsed();
                println!(
                    "{:?} {:?} {:.0} rows/s {:?}",
                    now.counts,
                    t,
                    now.counts.rows as f64 / t.as_secs_f64(),
                    now.error
                );
                break;
            }
        }
        engine.close().await;
    });
}
