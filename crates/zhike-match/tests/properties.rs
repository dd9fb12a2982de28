//! What holds for any text that anybody types.

use proptest::prelude::*;
use zhike_match::{Extractor, Features, Level, Matcher, Schema, Store, Weights, keys};

const TEXT: &str =
    "[ 　（）()A-Za-z0-9青岛海尔电器有限责任公司股份集团北京市山东省科技分公司店张王李总经理+@.路号·－，]{0,24}";

fn record() -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((0_usize..9, prop_oneof![3 => TEXT.boxed(), 1 => "\\PC{0,16}".boxed()]), 0..14)
}

fn features(extractor: &mut Extractor<'_>, values: &[(usize, String)]) -> Features {
    let values: Vec<(usize, &str)> = values.iter().map(|(at, text)| (*at, text.as_str())).collect();
    extractor.features(&values)
}

proptest! {
    #[test]
    fn any_text_can_be_compared(a in record(), b in record()) {
        let schema = Schema::customer();
        let mut extractor = Extractor::new(&schema);
        let (a, b) = (features(&mut extractor, &a), features(&mut extractor, &b));
        let matcher = Matcher::new(&schema, &Weights::shipped(&schema));
        let (one, other) = (matcher.score(a.view(), b.view()), matcher.score(b.view(), a.view()));
        prop_assert!((one.bits - other.bits).abs() < 1e-3, "{} {}", one.bits, other.bits);
        prop_assert!((0.0..=1.0).contains(&one.probability()));
        let explained = matcher.explain(a.view(), b.view());
        prop_assert!(explained.lines.iter().all(|line| line.level != Level::Missing || line.bits == 0.0));
        prop_assert!(keys(&schema, a.view()).len() <= 40);
    }

    #[test]
    fn what_is_stored_is_what_was_read(values in record()) {
        let schema = Schema::customer();
        let mut extractor = Extractor::new(&schema);
        let alone = features(&mut extractor, &values);
        prop_assert_eq!(Features::from_words(alone.words(), &schema), Some(alone.clone()));
        let mut store = Store::new();
        let texts: Vec<(usize, &str)> = values.iter().map(|(at, text)| (*at, text.as_str())).collect();
        store.add(&mut extractor, &texts);
        store.push(alone.view());
        for (comparison, _) in schema.comparisons.iter().enumerate() {
            prop_assert_eq!(store.get(0).count(comparison), store.get(1).count(comparison));
        }
        prop_assert_eq!(keys(&schema, store.get(0)), keys(&schema, alone.view()));
        prop_assert_eq!(keys(&schema, store.get(1)), keys(&schema, alone.view()));
    }
}
