//! Who a customer is: kind, name, place, trade, and when it came. Everything of customer `i` follows from the seed and `i`,
//! so that any customer can be named again without having been kept: a subsidiary finds its group this way.

use zhike_text::region::Region;
use zhike_types::Uuid;

use super::{
    chance::Chance,
    codes::{self, Sort},
    places::CITIES,
    words::{
        institution::Body,
        trade::{self, SHOPS},
    },
    world::World,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Enterprise,
    SoleTrader,
    Institution(Body),
    Person { male: bool },
}

/// A customer's first facts and the stream that its other facts are drawn from.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub index: u64,
    pub id: Uuid,
    /// Minute of work at which it was made.
    pub minute: i64,
    pub kind: Kind,
    pub name: String,
    /// Brand of a company: 海瑞.
    pub brand: String,
    /// `hairuikeji`, before `.example`.
    pub domain: String,
    pub city: usize,
    pub county: &'static Region,
    pub industry: &'static str,
    /// Doublings of revenue over the middle company.
    pub size: f64,
    /// The group that it belongs to, by index.
    pub group: Option<u64>,
    pub chance: Chance,
}

/// Every so many customers there is a group (集团) that later ones may belong to.
const GROUP_EVERY: u64 = 40;
const GROUP_AT: u64 = 7;
/// A group takes members from among so many customers behind it.
const GROUP_REACH: u64 = 50;

const KINDS: &[u32] = &[66, 18, 10, 6];
const FORMS: &[&str] = &["有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "（集团）有限公司"];
const FORM_WEIGHTS: &[u32] = &[78, 12, 6, 2, 1];

pub(super) fn identity(world: &World, index: u64) -> Identity {
    let mut chance = Chance::of(world.seed, Sort::Account as u64, index);
    let minute = world.made_at(index, &mut chance);
    let is_group = index % GROUP_EVERY == GROUP_AT;
    let kind = match if is_group { 0 } else { chance.weighted(KINDS) } {
        0 => Kind::Enterprise,
        1 => Kind::SoleTrader,
        2 => Kind::Institution(Body::ALL[chance.weighted(world.bodies)]),
        _ => Kind::Person { male: chance.hit(0.55) },
    };
    let city = world.city(&mut chance);
    let county = *chance.pick(&world.counties[city]);
    let mut found = Identity {
        index,
        id: codes::id(world.seed, Sort::Account, index, 0, world.calendar.instant(minute)),
        minute,
        kind,
        name: String::new(),
        brand: String::new(),
        domain: String::new(),
        city,
        county,
        industry: "",
        size: 0.0,
        group: None,
        chance: chance.clone(),
    };
    match kind {
        Kind::Enterprise if is_group => found.be_group(world, &mut chance),
        Kind::Enterprise => {
            if index > GROUP_AT && chance.hit(0.06) {
                found.be_member(world, &mut chance);
            } else {
                found.be_company(world, &mut chance);
            }
        }
        Kind::SoleTrader => found.be_shop(world, &mut chance),
        Kind::Institution(body) => found.be_institution(world, body, &mut chance),
        Kind::Person { male } => {
            let person = world.names.draw_as(male, &mut chance);
            found.name = person.name;
            found.domain = person.spelling;
        }
    }
    found.chance = chance;
    found
}

impl Identity {
    fn be_company(&mut self, world: &World, chance: &mut Chance) {
        let (brand, spelling) = world.brands.draw(chance, world.three);
        let city = &CITIES[self.city];
        let trade = trade::draw(chance);
        self.industry = trade.industry;
        self.size = trade.size;
        let pattern = chance.below(100);
        if pattern < 3 {
            let (office, industry) = *chance.pick(&[
                ("律师事务所", "法律服务"),
                ("会计师事务所（普通合伙）", "会计审计"),
                ("税务师事务所有限公司", "会计审计"),
            ]);
            self.name = format!("{}{brand}{office}", if city.province.is_empty() { city.name } else { city.province });
            self.industry = industry;
            self.size = -1.0;
            self.domain = format!("{spelling}{}", if industry == "法律服务" { "law" } else { "cpa" });
        } else {
            let form = FORMS[chance.weighted(FORM_WEIGHTS)];
            let line = trade.word;
            self.name = match pattern {
                3..60 => format!("{}{brand}{line}{form}", city.name),
                60..72 if !city.province.is_empty() => format!("{}{brand}{line}{form}", city.province),
                72..86 if !form.starts_with('（') => format!("{brand}{line}（{}）{form}", city.name),
                86..91 => format!("{brand}{line}{form}"),
                91..95 if trade.industry.contains("制") => {
                    format!("{}{brand}{}厂", self.place(), line.trim_end_matches("制造").trim_end_matches("科技"))
                }
                _ => format!("{}市{brand}{line}{form}", city.name),
            };
            self.domain = format!("{spelling}{}", trade.spelling);
        }
        self.brand = brand;
    }

    fn be_group(&mut self, world: &World, chance: &mut Chance) {
        let (brand, spelling) = world.brands.draw(chance, world.three);
        let trade = trade::draw(chance);
        let form = chance.word(&["集团有限公司", "控股集团有限公司", "集团股份有限公司", "投资控股有限公司"]);
        let city = &CITIES[self.city];
        let place = if !city.province.is_empty() && chance.hit(0.4) { city.province } else { city.name };
        self.name = format!("{place}{brand}{form}");
        self.domain = format!("{spelling}group");
        self.industry = trade.industry;
        self.size = trade.size + 2.2;
        self.brand = brand;
    }

    /// A subsidiary or branch of an earlier group: its brand, another place or trade.
    fn be_member(&mut self, world: &World, chance: &mut Chance) {
        let last = (self.index - GROUP_AT - 1) / GROUP_EVERY;
        let group = (last - chance.below(last.min(GROUP_REACH) + 1)) * GROUP_EVERY + GROUP_AT;
        let head = identity(world, group);
        let city = CITIES[self.city].name;
        if chance.hit(0.3) && !head.name.starts_with(city) {
            self.name = format!("{}{city}分公司", head.name);
            self.industry = head.industry;
            self.size = 0.5;
        } else {
            let trade = trade::draw(chance);
            let form = FORMS[chance.weighted(&FORM_WEIGHTS[..3])];
            self.name = format!("{city}{}{}{form}", head.brand, trade.word);
            self.industry = trade.industry;
            self.size = trade.size + 0.6;
        }
        self.domain = head.domain;
        self.brand = head.brand;
        self.group = Some(group);
    }

    fn be_shop(&mut self, world: &World, chance: &mut Chance) {
        let weights: [u32; SHOPS.len()] = std::array::from_fn(|i| SHOPS[i].2);
        let (shop, industry, _) = SHOPS[chance.weighted(&weights)];
        let place = self.place();
        let end = if chance.hit(0.12) { "（个体工商户）" } else { "" };
        if chance.hit(0.12) {
            let owner = world.names.draw(chance);
            let called = if chance.hit(0.4) { format!("老{}", owner.surname) } else { owner.name };
            self.name = format!("{place}{called}{shop}{end}");
            self.domain = owner.spelling;
        } else {
            let (brand, spelling) = world.brands.draw(chance, world.three / 2.0);
            self.name = format!("{place}{brand}{shop}{end}");
            self.domain = spelling;
            self.brand = brand;
        }
        self.industry = industry;
    }

    fn be_institution(&mut self, world: &World, body: Body, chance: &mut Chance) {
        let end = *chance.pick(body.ends());
        let city = CITIES[self.city].name;
        let (brand, spelling) = world.brands.draw(chance, 0.0);
        let place = self.place();
        self.name = match body {
            Body::School if chance.hit(0.25) && !end.starts_with('特') => {
                format!(
                    "{place}第{}{}",
                    numeral(chance.between(1, 39)),
                    if end.ends_with("园") {
                        "幼儿园"
                    } else if end.contains('小') {
                        "小学"
                    } else {
                        "中学"
                    }
                )
            }
            Body::School | Body::Clinic => format!("{place}{brand}{end}"),
            Body::Hospital if chance.hit(0.6) => format!("{place}{brand}{}", chance.word(Body::CLINICS)),
            Body::Venue if chance.hit(0.3) => format!("{city}市{brand}{end}"),
            _ if chance.hit(0.15) => format!("{city}市{end}"),
            _ => format!("{place}{end}"),
        };
        self.domain = format!(
            "{spelling}{}",
            match body {
                Body::School => "edu",
                Body::Hospital | Body::Clinic => "hosp",
                Body::Bureau => "gov",
                Body::Venue => "org",
            }
        );
        self.industry = body.industry();
    }

    /// 青岛市崂山区; 东莞市, which has no districts.
    pub fn place(&self) -> String {
        let city = CITIES[self.city].name;
        if self.county.code == CITIES[self.city].code {
            format!("{city}市")
        } else {
            format!("{city}市{}", self.county.name)
        }
    }
}

/// 1 to 99 in Chinese.
fn numeral(number: i64) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = ((number / 10) as usize % 10, (number % 10) as usize);
    match tens {
        0 => DIGITS[ones].to_owned(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}
