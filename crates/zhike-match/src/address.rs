//! Addresses: the division in front, the road, the number.

use zhike_text::fold;

use crate::letters::{Letter, all_same_sound, is_digit, is_han, letter};
use crate::level::Level;
use crate::place::{self, Place};
use crate::similar::{distance, jaro_winkler};

/// Length of the road, the road, the numbers behind it (house, building, room) each after a 0. Returns the division.
pub(crate) fn store(text: &str, hint: Place, out: &mut Vec<u16>) -> Option<Place> {
    let letters: Vec<Letter> = fold(text).chars().filter(|c| c.is_alphanumeric()).map(letter).collect();
    if letters.len() < 3 {
        return None;
    }
    let mut found = place::front_of_address(&letters, hint);
    // Districts of the city: 市南区, 崂山区.
    if let Some(end) = letters[found.length..].iter().take(6).position(|letter| *letter == 0x533a).filter(|at| *at >= 1)
    {
        let district = place::whole(
            &letters[found.length..=found.length + end],
            if found.place == 0 { hint } else { found.place },
        );
        if district != 0 {
            found = place::Found { place: district, length: found.length + end + 1 };
        }
    }
    let rest = &letters[found.length..];
    // A Latin address begins with its number.
    let han = rest.iter().any(|letter| is_han(*letter));
    let (mut road, mut numbers): (Vec<Letter>, Vec<Letter>) = (Vec::new(), Vec::new());
    let mut before = 0;
    for letter in rest {
        if is_digit(*letter) {
            if !is_digit(before) {
                numbers.push(0);
            }
            numbers.push(*letter);
        } else if numbers.is_empty() || !han {
            road.push(*letter);
        }
        before = *letter;
    }
    if road.is_empty() {
        return (found.place != 0).then_some(found.place);
    }
    road.truncate(30);
    numbers.truncate(24);
    out.push(road.len() as u16);
    out.extend(road);
    out.extend(numbers);
    Some(found.place)
}

pub(crate) fn compare(a: &[u16], b: &[u16]) -> Level {
    let (road_a, numbers_a) = split(a);
    let (road_b, numbers_b) = split(b);
    let road = road_a == road_b || all_same_sound(road_a, road_b);
    let within = |long: &[Letter], short: &[Letter]| short.len() >= 3 && crate::similar::find(long, short).is_some();
    let near = || {
        within(road_a, road_b)
            || within(road_b, road_a)
            || (road_a.len().min(road_b.len()) >= 3 && distance(road_a, road_b, 1 + road_a.len() / 8).is_some())
    };
    let house =
        |numbers: &[Letter]| numbers.iter().skip(1).position(|letter| *letter == 0).map_or(numbers.len(), |at| at + 1);
    let same_house = numbers_a.get(..house(numbers_a)) == numbers_b.get(..house(numbers_b));
    match (road, numbers_a.is_empty() || numbers_b.is_empty()) {
        (true, _) if numbers_a == numbers_b && !numbers_a.is_empty() => Level::Same,
        (true, true) => Level::Within,
        (true, false) if same_house => Level::Near,
        (true, false) => Level::Alike,
        (false, false) if (same_house && near()) => Level::Near,
        (false, _) if near() || jaro_winkler(road_a, road_b) > 0.92 => Level::Alike,
        _ => Level::Different,
    }
}

pub(crate) fn split(stored: &[u16]) -> (&[Letter], &[Letter]) {
    stored[1..].split_at(usize::from(stored[0]))
}

#[cfg(test)]
mod tests {
    use super::{compare, store};
    use crate::level::Level;
    use crate::place;

    #[test]
    fn levels() {
        for (a, b, wanted) in [
            ("山东省青岛市市南区香港中路10号", "香港中路10号", Level::Same),
            ("香港中路10号3楼", "香港中路10号", Level::Near),
            ("香港中路10号", "香港中路12号", Level::Alike),
            ("香港中路", "香港中路12号", Level::Within),
            ("香港中路10号", "长江路12号", Level::Different),
            ("12 wallaby place", "wallaby place 12", Level::Same),
        ] {
            let [one, other] = [a, b].map(|text| {
                let mut out = Vec::new();
                store(text, 0, &mut out);
                out
            });
            assert_eq!(compare(&one, &other), wanted, "{a} {b}");
        }
        let place = store("青岛市市南区香港中路10号", 0, &mut Vec::new());
        assert_eq!(place.map(place::name), Some("市南区"));
    }
}
