//! Measures the engine on a list with known answers: precision, recall, F1, seconds and memory by phase.
//!
//! `measure LIST.csv TRUTH.csv [--errors N] [--estimate] [--threads N]` for lists with Chinese headings (UTF-8 or GB 18030; the truth has row and
//! entity), `measure febrl3.csv` for FEBRL's (the truth is in `rec_id`).

use std::collections::HashMap;
use std::time::Instant;

use zhike_match::{Band, Barred, Extractor, Matcher, Pair, Schema, Store, Weights, clusters, count, keys, scan};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct List {
    schema: Schema,
    columns: Vec<Option<usize>>,
    rows: Vec<csv::StringRecord>,
    entities: Vec<u64>,
}

fn main() {
    let mut paths = Vec::new();
    let (mut errors, mut estimated, mut threads, mut only) = (0, false, 2, String::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--errors" => errors = number(arguments.next()),
            "--threads" => threads = number(arguments.next()),
            "--only" => only = arguments.next().unwrap_or_default(),
            "--estimate" => estimated = true,
            _ => paths.push(argument),
        }
    }
    let list = read(&paths);
    let schema = &list.schema;
    println!("rows {}; memory with the file {} MB", list.rows.len(), memory());

    let lap = Lap::start();
    let mut store = normalised(&list, threads);
    lap.end("normalise");
    let lap = Lap::start();
    let frequencies = count(schema, &mut store, threads);
    lap.end("frequencies");
    let mut weights = Weights { frequencies, ..Weights::shipped(schema) }.for_records(store.len() as u64);
    if estimated {
        let lap = Lap::start();
        weights = zhike_match::estimate(schema, &store, &weights, threads);
        lap.end("estimate");
        println!("duplicates a record {:.3}", weights.duplicates);
        if errors > 0 {
            for comparison in &weights.comparisons {
                let levels: Vec<String> = comparison
                    .levels
                    .iter()
                    .map(|l| format!("{:?} {:.4} {:.1e} {:.1}", l.level, l.m, l.u, l.bits()))
                    .collect();
                println!("{}: {}", comparison.name, levels.join(" | "));
            }
        }
    }
    let lap = Lap::start();
    let pairs = scan(schema, &store, &weights, threads);
    lap.end("scan");
    let lap = Lap::start();
    let groups = clusters(&Matcher::new(schema, &weights), &store, &pairs, &Barred::default());
    lap.end("clusters");
    let made: usize = (0..store.len()).map(|record| keys(schema, store.get(record)).len()).sum();
    println!("keys a record {:.2}", made as f64 / store.len() as f64);

    live(&list, &store, &weights);
    report(&list, &store, &weights, &pairs, &groups, errors, &only);
}

/// What a keystroke costs: a record read, its keys made, three hundred others scored, ten of them explained.
fn live(list: &List, store: &Store, weights: &Weights) {
    let schema = &list.schema;
    let mut extractor = Extractor::new(schema);
    let matcher = Matcher::new(schema, weights);
    let rounds = list.rows.len().min(2_000);
    let start = Instant::now();
    let mut seen = 0.0;
    for (at, row) in list.rows.iter().take(rounds).enumerate() {
        let values: Vec<(usize, &str)> =
            row.iter().zip(&list.columns).filter_map(|(text, column)| Some(((*column)?, text))).collect();
        let mut features = extractor.features(&values);
        weights.frequencies.mark(schema, &mut features);
        seen += keys(schema, features.view()).len() as f32;
        for other in 0..300 {
            seen += matcher.score(features.view(), store.get((at + other) % store.len())).bits;
        }
        for other in 0..10 {
            seen += matcher.explain(features.view(), store.get((at + other) % store.len())).prior;
        }
    }
    let each = start.elapsed().as_secs_f64() * 1000.0 / rounds as f64;
    println!("live         {each:.3} ms a record against 300 ({seen:.0})");
}

fn report(
    list: &List,
    store: &Store,
    weights: &Weights,
    pairs: &[Pair],
    groups: &[Vec<u32>],
    errors: usize,
    only: &str,
) {
    let schema = &list.schema;
    let mut sizes: HashMap<u64, u64> = HashMap::new();
    list.entities.iter().for_each(|entity| *sizes.entry(*entity).or_default() += 1);
    let wanted: u64 = sizes.values().map(|size| size * (size - 1) / 2).sum();
    let one = |left: u32, right: u32| list.entities[left as usize] == list.entities[right as usize];
    let figures = |name: &str, found: &mut dyn Iterator<Item = (u32, u32)>| {
        let (mut right, mut all) = (0_u64, 0_u64);
        for (a, b) in found {
            all += 1;
            right += u64::from(one(a, b));
        }
        let (precision, recall) = (right as f64 / all.max(1) as f64, right as f64 / wanted as f64);
        println!(
            "{name:24} precision {precision:.4} recall {recall:.4} F1 {:.4} ({all} found, {wanted} true)",
            2.0 * precision * recall / (precision + recall)
        );
    };
    let same = |pair: &&Pair| pair.score.band == Band::Same;
    let ends = |pair: &Pair| (pair.left, pair.right);
    let closed: Vec<(u32, u32)> = groups
        .iter()
        .flat_map(|group| {
            group.iter().enumerate().flat_map(|(at, left)| group[at + 1..].iter().map(|right| (*left, *right)))
        })
        .collect();
    figures("same", &mut pairs.iter().filter(same).map(ends));
    figures("same or review", &mut pairs.iter().map(ends));
    figures("clusters", &mut closed.iter().copied());
    let mut all: Vec<(u32, u32)> = closed.clone();
    all.extend(pairs.iter().filter(|pair| pair.score.band == Band::Review).map(ends));
    all.sort_unstable();
    all.dedup();
    figures("clusters and review", &mut all.into_iter());
    let mut best = (0.0, 0.0);
    let mut sorted: Vec<&Pair> = pairs.iter().collect();
    sorted.sort_by(|a, b| b.score.bits.total_cmp(&a.score.bits));
    let mut right = 0.0;
    for (at, pair) in sorted.iter().enumerate() {
        right += f64::from(u8::from(one(pair.left, pair.right)));
        let f1 = 2.0 * right / (at as f64 + 1.0 + wanted as f64);
        if f1 > best.0 {
            best = (f1, pair.score.probability());
        }
    }
    println!("best F1 of pairs {:.4} at probability {:.4}", best.0, best.1);
    if errors == 0 {
        return;
    }
    let matcher = Matcher::new(schema, weights);
    let show = |left: u32, right: u32| {
        for record in [left, right] {
            let row = &list.rows[record as usize];
            println!("  {} [{}]", row.iter().collect::<Vec<_>>().join(","), list.entities[record as usize]);
        }
        let explained = matcher.explain(store.get(left as usize), store.get(right as usize));
        let lines: Vec<String> = explained
            .lines
            .iter()
            .filter(|line| line.bits != 0.0)
            .map(|line| format!("{}:{:?} {:.1}", schema.comparisons[line.comparison].name, line.level, line.bits))
            .collect();
        println!(
            "    = {:.1} {:?} ({}; held {:.1})",
            explained.score.bits,
            explained.score.band,
            lines.join("; "),
            explained.held_back
        );
    };
    let found: std::collections::HashSet<(u32, u32)> = closed.iter().copied().collect();
    if only != "missed" {
        println!("\nWrong pairs:");
        let wrong: Vec<&(u32, u32)> = closed.iter().filter(|(left, right)| !one(*left, *right)).collect();
        wrong.iter().step_by((wrong.len() / errors).max(1)).take(errors).for_each(|(left, right)| show(*left, *right));
    }
    println!("\nMissed pairs:");
    let mut by_entity: HashMap<u64, Vec<u32>> = HashMap::new();
    list.entities.iter().enumerate().for_each(|(at, entity)| by_entity.entry(*entity).or_default().push(at as u32));
    let mut missed = Vec::new();
    for members in by_entity.values() {
        for (at, left) in members.iter().enumerate() {
            missed.extend(members[at + 1..].iter().map(|right| (*left, *right)).filter(|pair| !found.contains(pair)));
        }
    }
    missed.sort_unstable();
    println!("{}", missed.len());
    missed.iter().step_by((missed.len() / errors).max(1)).take(errors).for_each(|(left, right)| show(*left, *right));
}

fn normalised(list: &List, threads: usize) -> Store {
    let share = list.rows.len().div_ceil(threads);
    let parts: Vec<Store> = std::thread::scope(|scope| {
        let handles: Vec<_> = list
            .rows
            .chunks(share)
            .map(|rows| {
                scope.spawn(move || {
                    let mut extractor = Extractor::new(&list.schema);
                    let mut store = Store::new();
                    let mut values = Vec::new();
                    for row in rows {
                        values.clear();
                        values.extend(
                            row.iter().zip(&list.columns).filter_map(|(text, column)| Some(((*column)?, text))),
                        );
                        store.add(&mut extractor, &values);
                    }
                    store
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("normalising does not panic")).collect()
    });
    let mut store = Store::new();
    for part in parts {
        store.append(part);
    }
    store
}

fn read(paths: &[String]) -> List {
    let bytes = std::fs::read(&paths[0]).expect("the list");
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => encoding_rs::GB18030.decode(error.as_bytes()).0.into_owned(),
    };
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().expect("headings").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    if headers.get(0) == Some("rec_id") {
        let schema = Schema::person_register();
        let columns = headers.iter().map(|header| schema.find(header)).collect();
        let entities =
            rows.iter().map(|row| row[0].split('-').nth(1).and_then(|id| id.parse().ok()).expect("rec-N-…")).collect();
        return List { schema, columns, rows, entities };
    }
    let schema = Schema::customer();
    let columns = headers
        .iter()
        .map(|header| {
            let name = match header {
                "客户名称" | "公司" | "公司名称" => "name",
                "统一社会信用代码" => "credit_code",
                "联系人" => "contact",
                "手机" => "mobile",
                "电话" => "landline",
                "邮箱" => "email",
                "省市" => "region",
                "地址" => "address",
                "行业" => "trade",
                _ => return None,
            };
            schema.find(name)
        })
        .collect();
    let truth = std::fs::read_to_string(paths.get(1).expect("a truth file")).expect("the truth");
    let entities = truth
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).and_then(|id| id.trim().parse().ok()).expect("row,entity"))
        .collect();
    List { schema, columns, rows, entities }
}

fn number(argument: Option<String>) -> usize {
    argument.and_then(|text| text.parse().ok()).expect("a number")
}

/// A phase: seconds by the clock, seconds of processor time (all threads; on a busy machine the better figure), memory.
struct Lap(Instant, f64);

impl Lap {
    fn start() -> Self {
        Self(Instant::now(), processor())
    }

    fn end(&self, phase: &str) {
        let (clock, used) = (self.0.elapsed().as_secs_f64(), processor() - self.1);
        println!("{phase:12} {clock:.2} s, processor {used:.2} s, peak {} MB", memory());
    }
}

/// User and system time of this process, in seconds (`man 5 proc`: ticks of a hundredth).
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    behind.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Peak resident memory.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
