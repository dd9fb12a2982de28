//! What a salesperson sees while typing a name.

use zhike_match::{Band, Extractor, Features, Level, Matcher, Relation, Schema, Weights, keys};

fn band(a: &[(&str, &str)], b: &[(&str, &str)]) -> Band {
    let schema = Schema::customer();
    let weights = Weights::shipped(&schema);
    let mut extractor = Extractor::new(&schema);
    let mut features = |values: &[(&str, &str)]| -> Features {
        let values: Vec<(usize, &str)> =
            values.iter().map(|(name, text)| (schema.find(name).expect("a comparison"), *text)).collect();
        extractor.features(&values)
    };
    let (a, b) = (features(a), features(b));
    let meets = keys(&schema, a.view()).iter().any(|key| keys(&schema, b.view()).contains(key));
    let band = Matcher::new(&schema, &weights).score(a.view(), b.view()).band;
    assert!(meets || band != Band::Same, "they must meet by a key: {a:?} {b:?}");
    band
}

fn names(a: &str, b: &str) -> Band {
    band(&[("name", a)], &[("name", b)])
}

#[test]
fn one_company_in_three_forms() {
    let forms =
        ["北京华为技术有限公司", "华为技术(北京)有限公司", "华为技术有限公司北京", "北京市華為技術有限責任公司"];
    for (at, one) in forms.iter().enumerate() {
        for other in &forms[at + 1..] {
            assert_eq!(names(one, other), Band::Same, "{one} {other}");
        }
    }
}

#[test]
fn branches_are_related() {
    assert_eq!(names("华为技术有限公司", "华为技术有限公司深圳分公司"), Band::Related(Relation::Branch));
    assert_eq!(names("北京华为技术有限公司", "北京华为技术有限公司深圳分公司"), Band::Related(Relation::Branch));
    assert_eq!(names("华为技术有限公司广州分公司", "华为技术有限公司深圳分公司"), Band::Related(Relation::Branches));
}

#[test]
fn other_companies() {
    for (a, b) in [
        ("青岛海尔电器有限公司", "济南海尔物流有限公司"),
        ("青岛海尔电器有限公司", "青岛海信电器有限公司"),
        ("青岛海尔电器有限公司", "济南海尔电器有限公司"),
    ] {
        assert!(!matches!(names(a, b), Band::Same), "{a} {b}: {:?}", names(a, b));
    }
}

/// An agent's telephone is no proof, and neither is a switchboard's.
#[test]
fn one_telephone_for_two_companies() {
    let a =
        [("name", "青岛远航物流有限公司"), ("contact", "张三丰"), ("mobile", "13812346138"), ("email", "zsf@qq.com")];
    let b =
        [("name", "青岛百味餐饮有限公司"), ("contact", "张三丰"), ("mobile", "13812346138"), ("email", "zsf@qq.com")];
    assert!(!matches!(band(&a, &b), Band::Same));
}

#[test]
fn the_waterfall_says_why() {
    let schema = Schema::customer();
    let mut extractor = Extractor::new(&schema);
    let [name, mobile] = ["name", "mobile"].map(|name| schema.find(name).expect("a comparison"));
    let a = extractor.features(&[(name, "青岛海尔电器有限公司"), (mobile, "138 1234 6138")]);
    let b = extractor.features(&[(name, "青岛害尔电器公司"), (mobile, "+86-13812346138"), (mobile, "13900000000")]);
    let explained = Matcher::new(&schema, &Weights::shipped(&schema)).explain(a.view(), b.view());
    assert_eq!(explained.lines[name].level, Level::Sound);
    assert_eq!((explained.lines[name].left.as_str(), explained.lines[name].right.as_str()), ("海尔", "害尔"));
    assert_eq!(explained.lines[mobile].level, Level::Same);
    assert_eq!(explained.lines[mobile].right, "13812346138");
    assert_eq!(explained.score.band, Band::Same);
    assert!(explained.score.probability() > 0.99);
}

#[test]
fn features_and_weights_can_be_kept() {
    let schema = Schema::customer();
    let features = Extractor::new(&schema).features(&[(0, "青岛海尔电器有限公司"), (5, "13812346138")]);
    assert_eq!(Features::from_words(features.words(), &schema), Some(features.clone()));
    assert_eq!(Features::from_words(&features.words()[1..], &schema), None);
    let weights = Weights::shipped(&schema);
    let text = serde_json::to_string(&weights).expect("weights as JSON");
    assert_eq!(serde_json::from_str::<Weights>(&text).expect("weights again"), weights);
}

/// Colleagues are not one, and a person who changes the company is.
#[test]
fn contacts() {
    let schema = Schema::contact();
    let matcher = Matcher::new(&schema, &Weights::shipped(&schema));
    let mut extractor = Extractor::new(&schema);
    let mut features = |name, company, mobile| extractor.features(&[(0, name), (1, company), (4, mobile)]);
    let one = features("张三丰", "青岛海尔电器有限公司", "13812346138");
    let moved = features("张三丰", "青岛远航物流有限公司", "138-1234-6138");
    let colleague = features("李思源", "青岛海尔电器有限公司", "13912346139");
    let hearsay = features("张总", "青岛海尔电器有限公司", "");
    let branch = features("张三丰", "青岛海尔电器有限公司济南分公司", "13812346138");
    assert_eq!(matcher.score(one.view(), moved.view()).band, Band::Same);
    assert_eq!(matcher.score(one.view(), branch.view()).band, Band::Same);
    assert_eq!(matcher.score(one.view(), hearsay.view()).band, Band::Review);
    assert_eq!(matcher.score(one.view(), colleague.view()).band, Band::None);
}
