//! An object: one kind of record.

use zhike_types::Text;

use crate::{
    ApprovalSeed, Calendar, CheckIn, Conversion, Copying, Field, Flow, Layout, Lock, Measure, Print, Role, Rule, Trace,
    View, rule::FirstRecord,
};

/// One kind of record: 客户 account, 联系人 contact …
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// `snake_case`; also the table's name and the API's path.
    pub name: String,
    pub label: Text,
    /// The list's name, where it differs (English plural).
    pub plural: Text,
    pub help: Option<Text>,
    /// A name of the icon set.
    pub icon: String,
    /// The group of the rail it stands in; none hides it there.
    pub group: Option<String>,
    pub access: Access,
    /// The field whose value names a record. A reference lends the other record's title, to those who may see that record.
    pub title: String,
    /// Facts shown beside the title where records are picked (search, references).
    pub subtitle: Vec<String>,
    /// System fields first, then the pack's own in order, then custom ones.
    pub fields: Vec<Field>,
    pub views: Vec<View>,
    pub layout: Layout,
    pub flows: Vec<Flow>,
    /// What must hold of every record.
    pub rules: Vec<Rule>,
    /// What cannot be changed any more in some of its states.
    pub locks: Vec<Lock>,
    /// What people are measured by.
    pub measures: Vec<Measure>,
    /// Records that an installation begins with.
    pub first: Vec<FirstRecord>,
    /// Processes of approval that an installation is offered.
    pub approvals: Vec<ApprovalSeed>,
    /// Documents that its records are printed as.
    pub prints: Vec<Print>,
    /// What its records turn into, when they do.
    pub convert: Option<Conversion>,
    /// What can be made of its records, beginning with what they have.
    pub copies: Vec<Copying>,
    /// Its dates in the calendar.
    pub calendars: Vec<Calendar>,
    /// How one says that one is there.
    pub check_in: Option<CheckIn>,
    /// What its records leave behind.
    pub traces: Vec<Trace>,
    /// A file can be hung on its records.
    pub attachments: bool,
    /// Its records stand in the timeline of the record they belong to, at this datetime or date field.
    pub timeline_at: Option<String>,
    /// The object whose rows say who else works on a record: fields `<this object>`, `user`, `level` (read, write).
    pub team: Option<String>,
    /// Its records can lie in a public pool (公海), owned by nobody, until somebody claims them. Only of owned objects.
    pub pool: bool,
    /// Its records are looked up by everybody and kept by few: the built-in roles may read them, a director may change them.
    pub catalogue: bool,
    /// Its records are set for people by those who answer for them: of the built-in roles, who sees no more than their own reads
    /// them and changes nothing.
    pub set_above: bool,
    /// The file of the pack that declares it.
    pub source: String,
}

/// Who may see a record, beside the rights of roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// The owner, and whoever's data scope holds the record's department; the team.
    Owned,
    /// Whoever may see one of the records that these reference fields name; and the owner.
    Parents(Vec<String>),
    /// Everybody who may use the object.
    Open,
}

impl Access {
    /// The references by which a record hangs on others, the first the one it usually hangs on.
    pub fn parents(&self) -> &[String] {
        match self {
            Self::Parents(fields) => fields,
            Self::Owned | Self::Open => &[],
        }
    }
}

impl Object {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    pub fn role_index(&self, role: Role) -> Option<usize> {
        self.fields.iter().position(|field| field.role == Some(role))
    }

    pub fn title_field(&self) -> &Field {
        self.field(&self.title).expect("a checked object has its title field")
    }

    /// Whether records of it are found by search: there is an index then.
    pub fn is_searched(&self) -> bool {
        self.fields.iter().any(|field| field.search.is_some())
    }

    /// Whether records of it are met by what they say of who they are: there are match keys then.
    pub fn is_matched(&self) -> bool {
        self.fields.iter().any(|field| field.matching.is_some())
    }

    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.iter().find(|view| view.name == name)
    }

    /// Names of the references that people fill in here and there alike: a payment and a plan both name a contract.
    pub fn references_shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        let is_shared = |field: &&Field| {
            let target = field.kind.reference_to();
            !field.system
                && target.is_some()
                && other.field(&field.name).is_some_and(|theirs| theirs.kind.reference_to() == target)
        };
        self.fields.iter().filter(is_shared).map(|field| field.name.as_str())
    }

    /// The columns, filter and order of a list nobody has configured.
    pub fn default_view(&self) -> &View {
        self.views.first().expect("a checked object has a view")
    }

    /// Fields a person may fill in, in order.
    pub fn writable_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.read_only)
    }
}
