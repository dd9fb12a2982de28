//! A field: one fact about a record, with everything that follows from its type.

use serde::{Deserialize, Serialize};
use zhike_types::{Currency, Text, Value};

use crate::Lookup;

/// One fact about a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// `snake_case`, unique in its object; also the column's name (see [`Field::column`]).
    pub name: String,
    pub label: Text,
    pub help: Option<Text>,
    pub kind: FieldKind,
    pub required: bool,
    /// No two live records hold the same value (compared by its normal form).
    pub unique: bool,
    pub default: Option<Value>,
    /// CEL evaluated once, when a record is made and nobody filled the field: `now`, `today + days(30)`, `me`.
    pub initial: Option<String>,
    /// `product.cost`: what a new record that leaves the field empty takes over from the record that the reference names, and what it
    /// takes when it comes to name another. Copied: what changes there later changes nothing here. Of several the first that has it.
    pub takes: Vec<String>,
    /// Of a computed amount: the amount of the same record whose currency it is in, or of a sum the relation that it sums, of whose
    /// amounts it takes those of one currency. Else it is in the field's own.
    pub currency_of: Option<String>,
    /// Of a moment: the field of the same record whose filling it notes. The engine writes it, and empties it with that field.
    pub stamps: Option<String>,
    /// Where the value is looked up first.
    pub lookup: Option<Lookup>,
    /// Of a reference: a view of the object it leads to. The form of a new record offers the first of its records that names what the new
    /// one names: a payment of a contract is likely for the first plan that is still open.
    pub offers: Option<String>,
    /// `account.next_follow_up_at`: writing this field sets that field of the record the reference names. A new record that
    /// leaves it empty clears a time there that has come.
    pub moves: Vec<String>,
    /// Of a reference: CEL over the record that refers. Where it holds and the record is the owner's of what it refers to, it goes to
    /// the next owner along with that: contacts, tasks not done.
    pub follows_owner: Option<String>,
    pub class: Class,
    pub mask: MaskRule,
    pub search: Option<SearchRule>,
    pub matching: Option<MatchRule>,
    /// CEL over the record: the field is shown and required only when it holds.
    pub visible_when: Option<String>,
    /// Other words for the field in the heads of lists people import (`公司名称`, `单位`, `company`).
    pub synonyms: Vec<String>,
    /// The system writes it, people do not: id, version, created at, formula, roll-up …
    pub read_only: bool,
    /// Of a select: its options are the model's measures.
    pub measures: bool,
    /// One of the fields every object has, or every object whose records can lie in a pool.
    pub system: bool,
    /// What the field is to the engine, where it matters.
    pub role: Option<Role>,
}

/// Fields the engine itself writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    CreatedAt,
    CreatedBy,
    UpdatedAt,
    UpdatedBy,
    Owner,
    Department,
    DeletedAt,
    DeletedBy,
    Version,
    /// The public pool that the record lies in; it has no owner then.
    Pool,
    /// Since when it lies there.
    PoolSince,
    /// The pool that the owner has it from.
    PoolFrom,
    /// Since when the owner has it.
    OwnerSince,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// One line of at most `max` characters.
    Text {
        max: usize,
    },
    LongText,
    /// Several lines with light markup: headings, lists, bold, links.
    Rich,
    Integer,
    /// Stored × 10^scale.
    Decimal {
        scale: u32,
    },
    /// Minor units in `x`, ISO 4217 code in `x_currency`.
    Money {
        currency: Currency,
    },
    /// Stored × 10^scale; 12.5 % with scale 1 is 125.
    Percent {
        scale: u32,
    },
    /// Days since 1970-01-01.
    Date,
    /// Milliseconds since 1970-01-01T00:00Z.
    DateTime,
    /// Seconds.
    Duration,
    Boolean,
    Select {
        options: Vec<SelectOption>,
    },
    MultiSelect {
        options: Vec<SelectOption>,
    },
    /// Free keys from the vocabulary of tags; the tag's name is the key.
    Tags,
    Phone,
    Email,
    Url,
    /// GB/T 2260 code of six digits.
    Region,
    /// 统一社会信用代码, GB 32100-2015.
    CreditCode,
    /// 居民身份证号码, GB 11643-1999.
    IdNumber,
    Reference {
        object: String,
        on_delete: OnDelete,
        inverse: Option<String>,
    },
    /// A record of any of the objects; `x_object` and `x_id`. No objects means any.
    AnyReference {
        objects: Vec<String>,
        on_delete: OnDelete,
        inverse: Option<String>,
    },
    /// An attachment's id.
    File,
    Image,
    AutoNumber {
        series: NumberSeries,
    },
    /// CEL; stored and kept true by the engine. `result` is the type its value has.
    Formula {
        expression: String,
        result: Box<FieldKind>,
    },
    /// Over the records that refer to this one by `relation` (an inverse name): count, sum, min, max, latest.
    Rollup {
        relation: String,
        op: RollupOp,
        field: Option<String>,
        filter: Option<String>,
        result: Box<FieldKind>,
    },
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What is stored: ASCII letters, digits, `_`, `-`.
    pub key: String,
    pub label: Text,
    /// A tone of the palette: gray, blue, green, amber, red, purple, teal.
    pub tone: Option<String>,
    /// Offered no more, still shown where it stands.
    pub retired: bool,
    /// Other words for it in imported lists.
    pub synonyms: Vec<String>,
}

/// What happens to the record that refers when the one referred to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDelete {
    /// Deleting is refused while something refers.
    Refuse,
    /// The reference becomes empty.
    Clear,
    /// It goes to the recycle bin too, and comes back with it.
    Cascade,
    /// Nothing: it says what was, and still names the deleted record (who created it).
    Keep,
}

/// A series of numbers: `KH{yyyy}{mm}-{00000}`; counts per month, year or for ever, as the pattern shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberSeries {
    pub pattern: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollupOp {
    Count,
    Sum,
    Min,
    Max,
    Average,
}

/// How sensitive a field is (PIPL art. 28, 51): drives masks, later encryption and consent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    #[default]
    General,
    Personal,
    Sensitive,
}

/// How a masked value looks.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaskRule {
    /// `138****6138`, chosen by the field's type.
    #[default]
    Auto,
    /// `王**`
    Name,
    /// `***`: nothing of it shows.
    Whole,
    /// `****6138`
    LastFour,
}

/// A field found by search, and how much a hit in it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchRule {
    /// 1 to 10.
    pub weight: u8,
}

/// What a field says of who a record is: by it a row of an import meets an existing record, and duplicates are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchRule {
    Organisation,
    Person,
    Phone,
    Email,
    CreditCode,
    /// An address in words. This one and the two below do not tell by themselves who a record is; they weigh with the others.
    Address,
    Region,
    /// 行业.
    Trade,
    Exact,
}

impl FieldKind {
    /// The word for it in packs and in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::LongText => "long-text",
            Self::Rich => "rich",
            Self::Integer => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Money { .. } => "money",
            Self::Percent { .. } => "percent",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Duration => "duration",
            Self::Boolean => "boolean",
            Self::Select { .. } => "select",
            Self::MultiSelect { .. } => "multi-select",
            Self::Tags => "tags",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Url => "url",
            Self::Region => "region",
            Self::CreditCode => "credit-code",
            Self::IdNumber => "id-number",
            Self::Reference { .. } => "reference",
            Self::AnyReference { .. } => "any-reference",
            Self::File => "file",
            Self::Image => "image",
            Self::AutoNumber { .. } => "auto-number",
            Self::Formula { .. } => "formula",
            Self::Rollup { .. } => "rollup",
            Self::Json => "json",
        }
    }

    /// The kind a value of it has: a formula's and a roll-up's result, else itself.
    pub fn value_kind(&self) -> &Self {
        match self {
            Self::Formula { result, .. } | Self::Rollup { result, .. } => result.value_kind(),
            other => other,
        }
    }

    pub fn options(&self) -> &[SelectOption] {
        match self {
            Self::Select { options } | Self::MultiSelect { options } => options,
            _ => &[],
        }
    }

    /// Digits after the point of a scaled number.
    pub fn scale(&self) -> u32 {
        match self.value_kind() {
            Self::Decimal { scale } | Self::Percent { scale } => *scale,
            Self::Money { currency } => currency.scale(),
            _ => 0,
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(
            self.value_kind(),
            Self::Integer | Self::Decimal { .. } | Self::Money { .. } | Self::Percent { .. } | Self::Duration
        )
    }

    pub fn is_text(&self) -> bool {
        matches!(
            self.value_kind(),
            Self::Text { .. }
                | Self::LongText
                | Self::Rich
                | Self::Phone
                | Self::Email
                | Self::Url
                | Self::CreditCode
                | Self::IdNumber
                | Self::AutoNumber { .. }
        )
    }

    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Reference { .. } | Self::AnyReference { .. })
    }

    /// The object that a reference leads to.
    pub fn reference_to(&self) -> Option<&str> {
        match self {
            Self::Reference { object, .. } => Some(object),
            _ => None,
        }
    }

    /// Whether a list can be ordered by it. Not by a reference: the order of ids says nothing, and names of other records are not
    /// everybody's to see.
    pub fn is_sortable(&self) -> bool {
        !matches!(
            self.value_kind(),
            Self::LongText
                | Self::Rich
                | Self::MultiSelect { .. }
                | Self::Tags
                | Self::Reference { .. }
                | Self::AnyReference { .. }
                | Self::File
                | Self::Image
                | Self::Json
        )
    }
}

impl Field {
    /// The main column in the object's table; references end in `_id`.
    pub fn column(&self) -> String {
        match self.kind {
            FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::File | FieldKind::Image => {
                format!("{}_id", self.name)
            }
            _ => self.name.clone(),
        }
    }

    /// The second column of kinds that need one: a money's currency, a polymorphic reference's object.
    pub fn second_column(&self) -> Option<String> {
        match self.kind.value_kind() {
            FieldKind::Money { .. } => Some(format!("{}_currency", self.name)),
            FieldKind::AnyReference { .. } => Some(format!("{}_object", self.name)),
            _ => None,
        }
    }

    pub fn has_second_column(&self) -> bool {
        matches!(self.kind.value_kind(), FieldKind::Money { .. } | FieldKind::AnyReference { .. })
    }

    /// The option of that key; a formula that takes over a select's value has the select's.
    pub fn option(&self, key: &str) -> Option<&SelectOption> {
        self.kind.value_kind().options().iter().find(|option| option.key == key)
    }
}
