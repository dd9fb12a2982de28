//! Where people stand in a tree: each row a step further down, who is above in the middle of those below.

/// A place: the row from the top, and how far from the left in widths of a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub row: usize,
    pub column: f64,
}

/// `above`: who each one reports to; it has no circles.
pub fn places(above: &[Option<usize>]) -> Vec<Place> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); above.len()];
    let mut tops = Vec::new();
    for (one, above) in above.iter().enumerate() {
        match above {
            Some(above) => below[*above].push(one),
            None => tops.push(one),
        }
    }
    // who has people below comes before who stands alone
    tops.sort_by_key(|top| below[*top].is_empty());
    let mut places = vec![Place { row: 0, column: 0.0 }; above.len()];
    let mut free = 0.0;
    for top in tops {
        put(top, 0, &below, &mut places, &mut free);
    }
    places
}

fn put(one: usize, row: usize, below: &[Vec<usize>], places: &mut [Place], free: &mut f64) {
    for other in &below[one] {
        put(*other, row + 1, below, places, free);
    }
    let column = match (below[one].first(), below[one].last()) {
        (Some(first), Some(last)) => f64::midpoint(places[*first].column, places[*last].column),
        _ => {
            *free += 1.0;
            *free - 1.0
        }
    };
    places[one] = Place { row, column };
}

#[cfg(test)]
mod tests {
    use super::{Place, places};

    #[test]
    fn who_is_above_stands_over_the_middle_and_no_two_meet() {
        let above = [None, Some(0), Some(0), Some(1), None, Some(0)];
        let places = places(&above);
        assert_eq!(places[0], Place { row: 0, column: 1.0 });
        assert_eq!((places[3].row, places[4].row), (2, 0));
        for (i, one) in places.iter().enumerate() {
            assert!(!places[..i].contains(one), "{places:?}");
        }
        assert!(super::places(&[]).is_empty());
    }
}
