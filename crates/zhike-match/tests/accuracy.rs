//! Accuracy on lists with known answers: floors that may only rise.

use std::collections::HashMap;

use zhike_match::{
    Band, Barred, Cluster, Extractor, Matcher, Schema, Store, Weights, clusters, count, estimate, keys, scan,
};

struct List {
    schema: Schema,
    rows: Vec<Vec<(usize, String)>>,
    entities: Vec<String>,
}

fn list(schema: Schema, text: &str, names: &[(&str, &str)], entity: impl Fn(&csv::StringRecord) -> String) -> List {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let headers = reader.headers().expect("headings").clone();
    let columns: Vec<Option<usize>> = headers
        .iter()
        .map(|header| {
            schema.find(names.iter().find(|(written, _)| *written == header).map_or(header, |(_, name)| name))
        })
        .collect();
    let (mut rows, mut entities) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.expect("a row");
        entities.push(entity(&record));
        rows.push(
            record.iter().zip(&columns).filter_map(|(text, column)| Some(((*column)?, text.to_owned()))).collect(),
        );
    }
    List { schema, rows, entities }
}

fn customers() -> List {
    customer_list(include_str!("data/customers-5k.csv"))
}

/// Schools, shops and companies, with noise that the weights were not made for.
fn mixed() -> List {
    customer_list(include_str!("data/customers-mixed.csv"))
}

fn customer_list(text: &str) -> List {
    let names = [
        ("客户名称", "name"),
        ("统一社会信用代码", "credit_code"),
        ("联系人", "contact"),
        ("手机", "mobile"),
        ("电话", "landline"),
        ("邮箱", "email"),
        ("省市", "region"),
        ("地址", "address"),
        ("行业", "trade"),
    ];
    list(Schema::customer(), text, &names, |record| record[9].to_owned())
}

fn febrl() -> List {
    let entity = |record: &csv::StringRecord| record[0].split('-').nth(1).expect("rec-N-…").to_owned();
    list(Schema::person_register(), include_str!("data/febrl3.csv"), &[], entity)
}

fn stored(list: &List) -> Store {
    let mut extractor = Extractor::new(&list.schema);
    let mut store = Store::new();
    for row in &list.rows {
        let values: Vec<(usize, &str)> = row.iter().map(|(at, text)| (*at, text.as_str())).collect();
        store.add(&mut extractor, &values);
    }
    store
}

/// Precision, recall and F1 of the pairs of clusters.
fn figures(list: &List, found: &[Cluster]) -> (f64, f64, f64) {
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    list.entities.iter().for_each(|entity| *sizes.entry(entity).or_default() += 1);
    let wanted: usize = sizes.values().map(|size| size * (size - 1) / 2).sum();
    let (mut right, mut all) = (0_usize, 0_usize);
    for group in found {
        for (at, left) in group.iter().enumerate() {
            for other in &group[at + 1..] {
                all += 1;
                right += usize::from(list.entities[*left as usize] == list.entities[*other as usize]);
            }
        }
    }
    let (precision, recall) = (right as f64 / all as f64, right as f64 / wanted as f64);
    (precision, recall, 2.0 * precision * recall / (precision + recall))
}

fn run(list: &List, fitted: bool) -> (f64, f64, f64) {
    let mut store = stored(list);
    let frequencies = count(&list.schema, &mut store, 2);
    let mut weights = Weights { frequencies, ..Weights::shipped(&list.schema) }.for_records(store.len() as u64);
    if fitted {
        weights = estimate(&list.schema, &store, &weights, 2);
    }
    let pairs = scan(&list.schema, &store, &weights, 2);
    assert!(pairs.is_sorted_by_key(|pair| (pair.left, pair.right)));
    assert!(pairs.iter().all(|pair| pair.left < pair.right && matches!(pair.score.band, Band::Same | Band::Review)));
    figures(list, &clusters(&Matcher::new(&list.schema, &weights), &store, &pairs, &Barred::default()))
}

#[test]
fn customers_with_shipped_weights() {
    let (precision, _, f1) = run(&customers(), false);
    assert!(precision >= 0.999 && f1 >= 0.999, "{precision} {f1}");
}

#[test]
fn customers_with_fitted_weights() {
    let (precision, _, f1) = run(&customers(), true);
    assert!(precision >= 0.999 && f1 >= 0.999, "{precision} {f1}");
}

#[test]
fn another_kind_of_list() {
    for fitted in [false, true] {
        let (precision, _, f1) = run(&mixed(), fitted);
        assert!(precision >= 0.985 && f1 >= 0.975, "{fitted}: {precision} {f1}");
    }
}

/// Splink 5.0 reaches 0.9957, recordlinkage 0.9967.
#[test]
fn febrl_with_fitted_weights() {
    let (precision, _, f1) = run(&febrl(), true);
    assert!(precision >= 0.999 && f1 >= 0.999, "{precision} {f1}");
}

#[test]
fn keys_are_few() {
    let list = customers();
    let store = stored(&list);
    let made: usize = (0..store.len()).map(|record| keys(&list.schema, store.get(record)).len()).sum();
    assert!(made < store.len() * 10, "{made}");
}

/// Whether a pair is alone or in a scan, its score is the same, and the same both ways.
#[test]
fn scores_do_not_depend_on_order() {
    let list = customers();
    let mut store = stored(&list);
    let frequencies = count(&list.schema, &mut store, 2);
    let weights = Weights { frequencies, ..Weights::shipped(&list.schema) }.for_records(store.len() as u64);
    let matcher = Matcher::new(&list.schema, &weights);
    for pair in scan(&list.schema, &store, &weights, 1) {
        let (left, right) = (store.get(pair.left as usize), store.get(pair.right as usize));
        assert!((matcher.score(right, left).bits - pair.score.bits).abs() < 1e-3);
        let explained = matcher.explain(left, right);
        let sum = explained.prior + explained.lines.iter().map(|line| line.bits).sum::<f32>() - explained.held_back;
        assert!((sum - pair.score.bits).abs() < 1e-3);
    }
}

/// What two rows of a short list are, with shipped weights.
fn band(a: &[(usize, &str)], b: &[(usize, &str)]) -> Band {
    let schema = Schema::customer();
    let weights = Weights::shipped(&schema);
    let mut extractor = Extractor::new(&schema);
    let [a, b] = [a, b].map(|row| extractor.features(row));
    Matcher::new(&schema, &weights).score(a.view(), b.view()).band
}

#[test]
fn a_brand_alone_is_looked_at() {
    let company = [(0, "青岛海尔电器有限公司"), (2, "青岛市"), (5, "13812346138")];
    assert_eq!(band(&[(0, "海尔")], &company), Band::Review);
    assert_eq!(band(&[(0, "海尔")], &[(0, "海尔")]), Band::Review);
    assert_eq!(band(&[(0, "海尔"), (5, "138 1234 6138")], &company), Band::Same);
}

#[test]
fn neighbours_are_not_one() {
    let same = [(4, "张三丰"), (5, "13812346138"), (6, "0532-60619201")];
    for (one, other) in [
        ("青岛海尔第一电器有限公司", "青岛海尔第二电器有限公司"),
        ("青岛海尔东区物流有限公司", "青岛海尔西区物流有限公司"),
        ("青岛海尔电器有限公司", "青岛海尔物流有限公司"),
        ("青岛海尔彗星仪有限公司", "青岛海尔捕鼠器有限公司"),
        ("青岛市第六人民医院", "青岛市第七人民医院"),
        ("青岛市妇幼保健院", "青岛市崂山区妇幼保健院"),
    ] {
        let [a, b] = [one, other].map(|name| [&[(0, name)], same.as_slice()].concat());
        assert_ne!(band(&a, &b), Band::Same, "{one} {other}");
    }
}

#[test]
fn what_is_written_around_a_name_does_not_count() {
    let company = [(0, "青岛海尔电器有限公司")];
    for name in [
        "003青岛海尔电器有限公司",
        "12.青岛海尔电器有限公司",
        "老客户-青岛海尔电器有限公司",
        "青岛海尔电器有限公司-张总介绍",
        "青岛海尔电器/李四",
        "【新】青岛海尔电器有限公司",
        "青岛海尔电器有限公司(已停用)",
    ] {
        assert_eq!(band(&[(0, name)], &company), Band::Same, "{name}");
    }
    assert_eq!(band(&[(0, "曲靖市六院")], &[(0, "曲靖市第六人民医院")]), Band::Same);
    assert!(matches!(band(&[(0, "青岛海尔电器有限公司深圳分宫司")], &company), Band::Related(_)));
}
