//! What of a record is compared, and by which keys records meet.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What the values of a comparison are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A company's name: its brand. The trade and the place that it states go to those comparisons.
    Organisation,
    /// 行业, a word of trade or industry; also what the name says.
    Trade,
    /// 省市区; also what the name and the address say.
    Region,
    Person,
    Mobile,
    Landline,
    Email,
    /// 统一社会信用代码.
    CreditCode,
    Address,
    Date,
    /// Names of things and people in other scripts, towns, short free text.
    Text,
    /// Postcodes, numbers of any kind, identity numbers.
    Code,
}

/// One line of the comparison of two records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Its name in weights and explanations: a field's name or a word for several.
    pub name: Cow<'static, str>,
    pub kind: Kind,
    /// For texts: the comparison that people mix this one up with (given name and surname).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swaps: Option<usize>,
}

/// A part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The value as it is compared: a number, an address, a code, a date; of people, names of three letters and more.
    Whole,
    /// How it sounds; of a company's name the brand.
    Sound,
    /// How a company's name sounds, trade and all.
    Core,
    /// The first letters: of a company's name the first and second, and the second and third; three of another text.
    Start,
    /// The last letters: half of a brand of four or more, three of another text.
    End,
    /// The city of a place.
    City,
    /// The year of a date.
    Year,
    /// The month and day of a date.
    Day,
}

/// A kind of key: records that agree in all its parts meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Comparison and part.
    pub parts: Vec<(usize, Part)>,
    /// The rule whose over-full groups this one divides. A scan uses it for them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refines: Option<usize>,
}

/// Comparisons and the rules by which records meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    pub comparisons: Vec<Comparison>,
    pub rules: Vec<Rule>,
}

/// No record has more values of one comparison than these; further ones are left out.
pub const VALUES: usize = 16;

impl Schema {
    /// The comparison of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.comparisons.iter().position(|comparison| comparison.name == name)
    }

    /// The first comparison of this kind.
    pub fn of_kind(&self, kind: Kind) -> Option<usize> {
        self.comparisons.iter().position(|comparison| comparison.kind == kind)
    }

    /// From names and kinds, with the rules that fit the kinds.
    pub fn new(comparisons: impl IntoIterator<Item = (&'static str, Kind)>) -> Self {
        let comparisons = comparisons
            .into_iter()
            .map(|(name, kind)| Comparison { name: Cow::Borrowed(name), kind, swaps: None })
            .collect();
        let mut schema = Self { comparisons, rules: Vec::new() };
        schema.rules = schema.usual_rules();
        schema
    }

    /// A customer: a company with its contacts. Give the values of contacts to the same comparisons.
    pub fn customer() -> Self {
        Self::new([
            ("name", Kind::Organisation),
            ("trade", Kind::Trade),
            ("region", Kind::Region),
            ("credit_code", Kind::CreditCode),
            ("contact", Kind::Person),
            ("mobile", Kind::Mobile),
            ("landline", Kind::Landline),
            ("email", Kind::Email),
            ("address", Kind::Address),
        ])
    }

    /// The name of the company where that is what a record is about: it stands before the names of people.
    pub(crate) fn subject_organisation(&self) -> Option<usize> {
        let person = self.of_kind(Kind::Person).unwrap_or(usize::MAX);
        self.of_kind(Kind::Organisation).filter(|organisation| *organisation < person)
    }

    /// The name of the person where records are people with a company: it stands before the company's.
    pub(crate) fn subject_person(&self) -> Option<usize> {
        self.of_kind(Kind::Person).filter(|_| self.subject_organisation().is_none())
    }

    /// A contact alone, perhaps with the name of its company. Colleagues share company, city and line and are not one: all
    /// keys but mobile number and mailbox have the person's name in them.
    pub fn contact() -> Self {
        let mut schema = Self::new([
            ("name", Kind::Person),
            ("company", Kind::Organisation),
            ("trade", Kind::Trade),
            ("region", Kind::Region),
            ("mobile", Kind::Mobile),
            ("landline", Kind::Landline),
            ("email", Kind::Email),
            ("address", Kind::Address),
        ]);
        let rule = |parts: &[(usize, Part)]| Rule { parts: parts.to_vec(), refines: None };
        schema.rules = vec![
            rule(&[(0, Part::Sound)]),
            Rule { parts: vec![(0, Part::Sound), (3, Part::City)], refines: Some(0) },
            rule(&[(0, Part::Sound), (1, Part::Sound)]),
            rule(&[(4, Part::Whole)]),
            rule(&[(6, Part::Whole)]),
            rule(&[(0, Part::Sound), (5, Part::Whole)]),
        ];
        schema
    }

    /// A lead is compared like a customer, with leads and customers alike.
    pub fn lead() -> Self {
        Self::customer()
    }

    /// A register of persons: the fields of FEBRL's data sets.
    pub fn person_register() -> Self {
        use Part::{Day, Start, Whole, Year};

        let mut schema = Self::new([
            ("given_name", Kind::Text),
            ("surname", Kind::Text),
            ("street_number", Kind::Code),
            ("address_1", Kind::Text),
            ("address_2", Kind::Text),
            ("suburb", Kind::Text),
            ("postcode", Kind::Code),
            ("state", Kind::Code),
            ("date_of_birth", Kind::Date),
            ("soc_sec_id", Kind::Code),
        ]);
        schema.comparisons[0].swaps = Some(1);
        schema.comparisons[1].swaps = Some(0);
        let rule = |parts: &[(usize, Part)]| Rule { parts: parts.to_vec(), refines: None };
        schema.rules = vec![
            rule(&[(8, Whole)]),
            rule(&[(9, Whole)]),
            rule(&[(0, Whole), (1, Whole)]),
            rule(&[(3, Whole), (2, Whole)]),
            rule(&[(3, Whole), (6, Whole)]),
            rule(&[(4, Whole), (6, Whole)]),
            rule(&[(1, Start), (8, Year)]),
            rule(&[(0, Start), (8, Day)]),
            rule(&[(1, Whole), (6, Whole)]),
            rule(&[(0, Whole), (5, Start)]),
            rule(&[(1, Start), (3, Start)]),
            rule(&[(9, Start), (8, Year)]),
            rule(&[(3, Start), (5, Start)]),
            rule(&[(9, Start), (6, Whole)]),
        ];
        schema
    }

    fn usual_rules(&self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        let city = self.of_kind(Kind::Region);
        let with_city = |parts: &[(usize, Part)]| {
            let mut parts = parts.to_vec();
            parts.extend(city.map(|city| (city, Part::City)));
            parts
        };
        let alone = |parts: Vec<(usize, Part)>| Rule { parts, refines: None };
        for (at, comparison) in self.comparisons.iter().enumerate() {
            match comparison.kind {
                Kind::Organisation => {
                    rules.push(alone(vec![(at, Part::Sound)]));
                    let brand = rules.len() - 1;
                    rules.push(alone(vec![(at, Part::Core)]));
                    if city.is_some() {
                        rules.push(Rule { parts: with_city(&[(at, Part::Sound)]), refines: Some(brand) });
                        rules.push(alone(with_city(&[(at, Part::Start)])));
                        rules.push(alone(with_city(&[(at, Part::End)])));
                    }
                }
                Kind::Person => {
                    let alongside = self.subject_organisation().is_some();
                    rules.push(alone(with_city(&[(at, if alongside { Part::Whole } else { Part::Sound })])));
                }
                Kind::Mobile | Kind::Landline | Kind::Email | Kind::CreditCode => {
                    rules.push(alone(vec![(at, Part::Whole)]));
                }
                Kind::Address => rules.push(alone(with_city(&[(at, Part::Whole)]))),
                Kind::Date | Kind::Code | Kind::Text => rules.push(alone(vec![(at, Part::Whole)])),
                Kind::Trade | Kind::Region => {}
            }
        }
        rules
    }
}
