//! The fields every record has, whatever its object.

use zhike_types::Text;

use crate::{Class, Field, FieldKind, MaskRule, OnDelete, Role};

/// Names that no pack may give to a field: the system's own, and what the expression language means by itself.
pub(super) const RESERVED_FIELDS: [&str; 27] = [
    "id",
    "now",
    "today",
    "me",
    "my_department",
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "self",
];

/// Columns that every BI tool and every person at a prompt would have to quote (SQL:2016 reserved words that tempt).
pub(super) const RESERVED_COLUMNS: [&str; 44] = [
    "all",
    "and",
    "any",
    "array",
    "between",
    "by",
    "case",
    "cast",
    "check",
    "column",
    "constraint",
    "create",
    "cross",
    "current",
    "default",
    "delete",
    "desc",
    "distinct",
    "drop",
    "end",
    "exists",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "index",
    "insert",
    "into",
    "is",
    "join",
    "like",
    "limit",
    "not",
    "offset",
    "on",
    "or",
    "order",
    "primary",
    "references",
    "select",
    "table",
    "union",
    "where",
];

/// The system fields, first in every object.
pub(super) fn system_fields() -> Vec<Field> {
    let user = |on_delete| FieldKind::Reference { object: "user".to_owned(), on_delete, inverse: None };
    let department =
        FieldKind::Reference { object: "department".to_owned(), on_delete: OnDelete::Clear, inverse: None };
    let owner_words = [
        "业务员",
        "销售",
        "销售员",
        "客户经理",
        "跟进人",
        "所有人",
        "归属人",
        "owner",
        "salesperson",
        "account manager",
    ];
    let created_at_words =
        ["创建日期", "录入时间", "录入日期", "登记时间", "登记日期", "建档日期", "created", "created at", "created on"];
    vec![
        system("version", ("版本", "Version"), FieldKind::Integer, Role::Version, &[]),
        system("created_at", ("创建时间", "Created"), FieldKind::DateTime, Role::CreatedAt, &created_at_words),
        system(
            "created_by",
            ("创建人", "Created by"),
            user(OnDelete::Keep),
            Role::CreatedBy,
            &["录入人", "登记人", "created by"],
        ),
        system(
            "updated_at",
            ("修改时间", "Changed"),
            FieldKind::DateTime,
            Role::UpdatedAt,
            &["更新时间", "最后修改时间", "updated at"],
        ),
        system(
            "updated_by",
            ("修改人", "Changed by"),
            user(OnDelete::Keep),
            Role::UpdatedBy,
            &["更新人", "updated by"],
        ),
        system("owner", ("负责人", "Owner"), user(OnDelete::Clear), Role::Owner, &owner_words),
        system("department", ("所属部门", "Department"), department, Role::Department, &["归属部门", "department"]),
        system("deleted_at", ("删除时间", "Deleted"), FieldKind::DateTime, Role::DeletedAt, &[]),
        system("deleted_by", ("删除人", "Deleted by"), user(OnDelete::Keep), Role::DeletedBy, &[]),
    ]
}

/// What being in a public pool takes, for objects that say `pool = true`.
pub(super) fn pool_fields() -> Vec<Field> {
    let pool = || FieldKind::Reference { object: "pool".to_owned(), on_delete: OnDelete::Keep, inverse: None };
    vec![
        system("pool", ("所在公海", "Pool"), pool(), Role::Pool, &[]),
        system("pool_since", ("进入公海时间", "In the pool since"), FieldKind::DateTime, Role::PoolSince, &[]),
        system("pool_from", ("领取自公海", "Claimed from"), pool(), Role::PoolFrom, &[]),
        system("owner_since", ("归属时间", "Owned since"), FieldKind::DateTime, Role::OwnerSince, &[]),
    ]
}

fn system(name: &str, (zh, en): (&'static str, &'static str), kind: FieldKind, role: Role, synonyms: &[&str]) -> Field {
    Field {
        name: name.to_owned(),
        label: Text::new(zh, en),
        help: None,
        kind,
        required: false,
        unique: false,
        default: None,
        initial: None,
        takes: Vec::new(),
        currency_of: None,
        stamps: None,
        lookup: None,
        offers: None,
        moves: Vec::new(),
        follows_owner: None,
        measures: false,
        class: Class::General,
        mask: MaskRule::Auto,
        search: None,
        matching: None,
        visible_when: None,
        synonyms: synonyms.iter().map(|&word| word.to_owned()).collect(),
        read_only: !matches!(role, Role::Owner | Role::Department),
        system: true,
        role: Some(role),
    }
}
