use super::Dice;

#[test]
fn stays_below_and_reaches_all() {
    let mut dice = Dice::new(1);
    let mut seen = [0; 6];
    for _ in 0..6_000 {
        seen[dice.below(6)] += 1;
    }
    assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
    assert_eq!(dice.below(0), 0);
}

#[test]
fn same_seed_same_choices() {
    let throw = |seed| {
        let mut dice = Dice::new(seed);
        (0..20).map(|_| dice.below(1_000)).collect::<Vec<_>>()
    };
    assert_eq!(throw(7), throw(7));
    assert_ne!(throw(7), throw(8));
}
