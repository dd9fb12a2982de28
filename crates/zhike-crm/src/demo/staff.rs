//! Who works in the demo company: departments, users, and who looks after which city.

use std::collections::HashSet;

use zhike_types::Uuid;

use super::{
    chance::{Chance, mix},
    codes::{self, Sort},
    places::{AREAS, CITIES},
    words::people::Names,
};

/// The password of every demo user; the sign-in page of demo mode shows it.
pub const PASSWORD: &str = "zhike-demo";

/// A demo user to sign in as, with [`PASSWORD`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub login: String,
    pub name: String,
    /// The role's name: `admin`, `director`, `manager`, `sales`, `service`, `dpo`.
    pub role: &'static str,
    pub position: &'static str,
    pub department: String,
}

/// Everybody who can sign in to the demo of so many customers; the first six have one role each.
pub fn logins(seed: u64, customers: u64) -> Vec<Login> {
    let staff = Staff::new(seed, customers, 0);
    let mut met = HashSet::new();
    let (mut first, rest): (Vec<&User>, Vec<&User>) = staff.users.iter().partition(|user| met.insert(user.role));
    first.extend(rest);
    first
        .into_iter()
        .map(|user| Login {
            login: user.login.clone(),
            name: user.name.clone(),
            role: user.role,
            position: user.position,
            department: staff.departments[user.department].name.clone(),
        })
        .collect()
}

#[derive(Debug, Clone)]
pub(super) struct Department {
    pub id: Uuid,
    pub name: String,
    pub code: String,
    pub parent: Option<usize>,
    pub manager: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct User {
    pub id: Uuid,
    pub name: String,
    pub login: String,
    pub role: &'static str,
    pub position: &'static str,
    pub department: usize,
    pub mobile: String,
    pub employee_number: String,
}

#[derive(Debug, Clone)]
pub(super) struct Staff {
    /// Parents before children; the head office first.
    pub departments: Vec<Department>,
    pub users: Vec<User>,
    /// Sellers by city and by area, and all of them: indexes into `users`.
    pub by_city: Vec<Vec<usize>>,
    by_area: Vec<Vec<usize>>,
    pub sellers: Vec<usize>,
    /// Who writes records for others: service and managers.
    others: Vec<usize>,
}

/// How many users so many customers need: 8 up to 500, about 200 for a million.
fn headcount(customers: u64) -> usize {
    // doublings of 500, whole ones and the linear rest: 11 of them make a million
    let mut doublings = 0.0;
    let mut rest = customers as f64 / 500.0;
    while rest >= 2.0 {
        rest /= 2.0;
        doublings += 1.0;
    }
    doublings += (rest - 1.0).max(0.0);
    8 + (doublings * 17.5) as usize
}

/// How many do what.
struct Shape {
    areas: usize,
    area_managers: usize,
    branches: usize,
    branch_managers: bool,
    sellers: usize,
    service: usize,
}

impl Shape {
    fn of(heads: usize) -> Self {
        let areas = match heads {
            0..=11 => 2,
            12..=29 => 3,
            30..=59 => 5,
            _ => AREAS.len(),
        };
        let area_managers = if heads < 12 { 1 } else { areas };
        let service = (heads / 12).max(1);
        // one each: administrator, director, data protection officer
        let field = heads - 3 - service - area_managers;
        let branch_managers = heads >= 60;
        let branches = if branch_managers { field / 5 } else { (field / 2).max(3) };
        let sellers = if branch_managers { field - branches } else { field };
        Self { areas, area_managers, branches, branch_managers, sellers, service }
    }
}

impl Staff {
    /// `founded_at`: the instant (ms) at which everything here was made.
    pub fn new(seed: u64, customers: u64, founded_at: i64) -> Self {
        let shape = Shape::of(headcount(customers));
        let mut staff = Self {
            departments: Vec::new(),
            users: Vec::new(),
            by_city: vec![Vec::new(); CITIES.len()],
            by_area: vec![Vec::new(); AREAS.len()],
            sellers: Vec::new(),
            others: Vec::new(),
        };
        let mut hire = Hiring { seed, founded_at, names: Names::new(), logins: HashSet::new() };

        let head = staff.open(&hire, "总部", "HQ".to_owned(), None);
        let technology = staff.open(&hire, "信息技术部", "IT".to_owned(), Some(head));
        let legal = staff.open(&hire, "法务合规部", "LEGAL".to_owned(), Some(head));
        let service = staff.open(&hire, "客户服务部", "CS".to_owned(), Some(head));
        staff.hire(&mut hire, "admin", "系统管理员", technology, None);
        staff.hire(&mut hire, "director", "销售总监", head, None);
        let areas: Vec<usize> = (0..shape.areas)
            .map(|area| {
                let department =
                    staff.open(&hire, &format!("{}大区", AREAS[area]), format!("A{}", area + 1), Some(head));
                if area < shape.area_managers {
                    staff.hire(&mut hire, "manager", "大区经理", department, None);
                }
                department
            })
            .collect();
        let branches = staff.open_branches(&mut hire, &shape, &areas);
        for seller in 0..shape.sellers {
            let (department, city) = branches[seller % branches.len()];
            let position = if seller < branches.len() { "客户经理" } else { "销售代表" };
            staff.hire(&mut hire, "sales", position, department, Some(city));
        }
        for _ in 0..shape.service {
            staff.hire(&mut hire, "service", "客服专员", service, None);
        }
        staff.hire(&mut hire, "dpo", "数据保护专员", legal, None);
        staff
    }

    /// Branches area by area in turn, each in the area's next city.
    fn open_branches(&mut self, hire: &mut Hiring, shape: &Shape, areas: &[usize]) -> Vec<(usize, usize)> {
        let mut cities: Vec<_> =
            (0..shape.areas).map(|area| (0..CITIES.len()).filter(move |i| CITIES[*i].area == area)).collect();
        let mut branches = Vec::new();
        for turn in 0..shape.branches {
            let area = turn % shape.areas;
            let Some(city) = cities[area].next() else { continue };
            let code = format!("A{}-{:02}", area + 1, turn / shape.areas + 1);
            let department = self.open(hire, &format!("{}分公司", CITIES[city].name), code, Some(areas[area]));
            if shape.branch_managers {
                self.hire(hire, "manager", "分公司经理", department, None);
            }
            branches.push((department, city));
        }
        branches
    }

    fn open(&mut self, hire: &Hiring, name: &str, code: String, parent: Option<usize>) -> usize {
        let index = self.departments.len();
        let id = codes::id(hire.seed, Sort::Department, index as u64, 0, hire.founded_at);
        self.departments.push(Department { id, name: name.to_owned(), code, parent, manager: None });
        index
    }

    fn hire(
        &mut self,
        hire: &mut Hiring,
        role: &'static str,
        position: &'static str,
        department: usize,
        city: Option<usize>,
    ) {
        let index = self.users.len();
        let mut chance = Chance::of(hire.seed, Sort::User as u64, index as u64);
        let person = hire.names.draw(&mut chance);
        let wanted = if role == "admin" { "admin" } else { person.spelling.as_str() };
        let login = (1..=u32::MAX)
            .map(|n| if n == 1 { wanted.to_owned() } else { format!("{wanted}{n}") })
            .find(|login| hire.logins.insert(login.clone()))
            .expect("there is always a next number");
        let leads = matches!(role, "director" | "manager" | "dpo" | "admin")
            || (role == "service" && self.departments[department].manager.is_none());
        if leads {
            self.departments[department].manager = Some(index);
        }
        match role {
            "sales" => {
                self.sellers.push(index);
                if let Some(city) = city {
                    self.by_city[city].push(index);
                    self.by_area[CITIES[city].area].push(index);
                }
            }
            "service" | "manager" => self.others.push(index),
            _ => {}
        }
        self.users.push(User {
            id: codes::id(hire.seed, Sort::User, index as u64, 0, hire.founded_at),
            name: person.name,
            login,
            role,
            position,
            department,
            mobile: codes::mobile(&mut chance),
            employee_number: format!("ZK{:03}{:04}", hire.seed % 1000, index + 1),
        });
    }

    /// Who looks after a customer in the city: somebody there, else in the same area, else anybody.
    pub fn seller(&self, city: usize, chance: &mut Chance) -> usize {
        let near = [&self.by_city[city], &self.by_area[CITIES[city].area], &self.sellers];
        *chance.pick(near.into_iter().find(|sellers| !sellers.is_empty()).unwrap_or(&self.sellers))
    }

    /// A colleague who helps out: another seller, or somebody of service or management.
    pub fn colleague(&self, of: Option<usize>, chance: &mut Chance) -> usize {
        let from = if chance.hit(0.5) { &self.others } else { &self.sellers };
        let found = *chance.pick(from);
        if Some(found) == of { *chance.pick(&self.others) } else { found }
    }

    pub fn covers(&self, city: usize) -> bool {
        !self.by_city[city].is_empty()
    }

    /// Users of the database with the same sign-in name take the place of made ones.
    pub fn replace_user(&mut self, login: &str, id: Uuid) -> bool {
        let found = self.users.iter_mut().find(|user| user.login == login);
        found.map(|user| user.id = id).is_some()
    }

    pub fn replace_department(&mut self, code: &str, id: Uuid) -> bool {
        let found = self.departments.iter_mut().find(|department| department.code == code);
        found.map(|department| department.id = id).is_some()
    }
}

struct Hiring {
    seed: u64,
    founded_at: i64,
    names: Names,
    logins: HashSet<String>,
}

/// Another world than the one of `seed` that already holds so many customers: what `--add` makes.
pub(super) fn another(seed: u64, customers: u64) -> u64 {
    if customers == 0 { seed } else { mix(seed, customers) }
}
