//! The paths and schemas that no object brings: search, imports, exports, roles, tokens, views, live updates.

mod schemas;

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{
    components::list_of,
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

pub use schemas::schemas;

/// Groups of operations: a name and what it is about.
pub fn tags(lang: Lang) -> Vec<Value> {
    vec![
        json!({ "name": lang.t("通用", "General"), "description": lang.t("我是谁、全局搜索、实时更新", "Who I am, search, live updates") }),
        json!({ "name": lang.t("合并", "Merges"), "description": lang.t("合并了什么，撤销合并", "What was merged, and taking it back") }),
        json!({ "name": lang.t("公海", "Pools"), "description": lang.t("没有人负责的记录：看、领、分配、退回", "Records that nobody owns: looked at, claimed, assigned, given back") }),
        json!({ "name": lang.t("撞单申诉", "Disputes"), "description": lang.t("两个人跟进同一个客户：申诉、说明、裁决", "Two colleagues work one customer: the claim, what both say, the decision") }),
        json!({ "name": lang.t("审批", "Approvals"), "description": lang.t("哪些改动要审批、提交、审批、流程、代理", "What takes approval, asking, signing, processes, deputies") }),
        json!({ "name": lang.t("邮件", "Mail"), "description": lang.t("邮件服务器、发信记录、收哪些提醒", "The mail server, the book of letters, what comes by mail") }),
        json!({ "name": lang.t("日历", "Calendar"), "description": lang.t("什么时候有什么事、提醒、订阅地址", "What stands when, reminders, the feed's address") }),
        json!({ "name": lang.t("交接", "Hand-overs"), "description": lang.t("离职或转岗的人名下的记录交给别人", "What somebody leaves goes to others") }),
        json!({ "name": lang.t("业绩", "Performance"), "description": lang.t("谁完成了多少，和目标、上期、去年比；预测", "Who brought in what, beside target, before and a year ago; the forecast") }),
        json!({ "name": lang.t("重点客户", "Key accounts"), "description": lang.t("名单、季度告知书、新品告知、客户集中度、影响力图", "Rosters, quarterly statements, product notices, concentration, influence") }),
        json!({ "name": lang.t("导入导出", "Import and export"), "description": lang.t("整批进出", "Many records at once") }),
        json!({ "name": lang.t("权限", "Access"), "description": lang.t("角色、令牌", "Roles and tokens") }),
        json!({ "name": lang.t("视图", "Views"), "description": lang.t("保存的列、条件和顺序", "Saved columns, filters and orders") }),
    ]
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    general(lang, paths);
    imports(lang, paths);
    exports(lang, paths);
    access(lang, paths);
    views(lang, paths);
}

fn general(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("通用", "General");
    Operation::new("me", tag, lang.t("我是谁，能做什么", "Who I am and what I may do"))
        .answers(200, lang.t("调用者", "The caller"), &reference("Me"), &[])
        .at(paths, "get", "/api/v1/me");
    Operation::new("search", tag, lang.t("全局搜索", "Search everything"))
        .describe(lang.t(
            "两个汉字、拼音、首字母、电话尾号、邮箱开头都能找到。",
            "Two Chinese characters, pinyin, initials, the last digits of a phone, an e-mail's start: all find it.",
        ))
        .takes(query(
            "q",
            true,
            &json!({ "type": "string", "minLength": 1, "pattern": "\\S", "example": lang.t("海岳", "haiyue") }),
        ))
        .uses(&["objects"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 10 })))
        .answers(200, lang.t("按对象分组，最像的在前", "By object, best first"), &reference("SearchResult"), &[])
        .at(paths, "get", "/api/v1/search");
    let stream = json!({ "text/event-stream": { "schema": { "type": "string" } } });
    Operation::new("events", tag, lang.t("实时更新", "Live updates"))
        .describe(lang.t(
            "服务器推送：event: record 是一条记录的改动，event: refetch 请重新读取。不会自己结束。",
            "Server-sent events: `event: record` is a change of a record, `event: refetch` asks to read again. It does not end by itself.",
        ))
        .answers_with(200, lang.t("一直开着的流", "A stream that stays open"), Some(stream), &[])
        .at(paths, "get", "/api/v1/events");
}

fn imports(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("导入导出", "Import and export");
    let import = || reference("Import");
    let limit = query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 50 }));
    Operation::new("listImports", tag, lang.t("导入记录", "List imports"))
        .takes(limit)
        .answers(200, lang.t("从新到旧", "Newest first"), &list_of(&import()), &[])
        .at(paths, "get", "/api/v1/imports");
    Operation::new("createImport", tag, lang.t("上传要导入的表", "Upload a list to import"))
        .upload(&[("object", json!({ "type": "string", "example": "account" }))])
        .writes()
        .answers(
            201,
            lang.t("带着猜好的列对应", "With the plan as guessed"),
            &import(),
            &["Location", "Idempotency-Replayed"],
        )
        .leads_to(
            201,
            &["readImport", "planImport", "previewImport", "runImport", "reverseImport", "importErrors"]
                .map(str::to_owned),
        )
        .at(paths, "post", "/api/v1/imports");
    Operation::new("readImport", tag, lang.t("导入的状态", "An import's state"))
        .on_id()
        .answers(200, lang.t("导入", "The import"), &import(), &[])
        .at(paths, "get", "/api/v1/imports/{id}");
    Operation::new("planImport", tag, lang.t("修改列对应和重复处理", "Change the plan"))
        .on_id()
        .body(&reference("ImportPlan"), None)
        .writes()
        .answers(200, lang.t("导入", "The import"), &import(), &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/imports/{id}/plan");
    Operation::new("previewImport", tag, lang.t("预览前几行", "What becomes of the first rows"))
        .on_id()
        .takes(query("rows", false, &json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 })))
        .fails(&[409])
        .answers(200, lang.t("逐行的结果", "Row by row"), &reference("ImportPreview"), &[])
        .at(paths, "get", "/api/v1/imports/{id}/preview");
    let run = json!({ "type": "object", "properties": { "dry_run": { "type": "boolean", "default": false } }, "additionalProperties": false });
    Operation::new("runImport", tag, lang.t("试运行或正式导入", "A dry run, or the import"))
        .on_id()
        .body(&run, Some(json!({ "dry_run": true })))
        .writes()
        .answers(
            202,
            lang.t("在后台进行，轮询导入的状态", "In the background; poll the import"),
            &import(),
            &["Idempotency-Replayed"],
        )
        .at(paths, "post", "/api/v1/imports/{id}/runs");
    Operation::new("reverseImport", tag, lang.t("撤销整个导入", "Undo the whole import"))
        .on_id()
        .writes()
        .answers(202, lang.t("在后台进行", "In the background"), &import(), &["Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/imports/{id}/reversals");
    Operation::new("importErrors", tag, lang.t("下载没有导入成功的行", "Download the rows that failed"))
        .on_id()
        .uses(&["Range"])
        .fails(&[409, 416])
        .answers_with(
            200,
            lang.t("原格式，多一列原因", "In the input's own format, with a reason"),
            Some(table()),
            &["Content-Disposition", "Accept-Ranges"],
        )
        .answers_with(
            206,
            lang.t("文件的一段", "A part of it"),
            Some(table()),
            &["Content-Disposition", "Content-Range"],
        )
        .at(paths, "get", "/api/v1/imports/{id}/errors");
    Operation::new("importTargets", tag, lang.t("列可以对应到哪些字段", "What columns can go to"))
        .takes(query("object", true, &json!({ "type": "string", "minLength": 1, "example": "account" })))
        .answers(200, lang.t("字段", "Fields"), &reference("ImportTargets"), &[])
        .at(paths, "get", "/api/v1/import-targets");
}

/// A list as a file.
fn table() -> Value {
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    json!({
        "text/csv": binary,
        "text/tab-separated-values": binary,
        "application/vnd.ms-excel": binary,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": binary,
    })
}

fn exports(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("导入导出", "Import and export");
    Operation::new("createExport", tag, lang.t("导出一个列表", "Export a list"))
        .body(
            &reference("ExportWish"),
            Some(json!({ "object": "account", "filter": "status == \"active\"", "format": "xlsx" })),
        )
        .writes()
        .answers(
            201,
            lang.t("在后台进行，轮询状态", "In the background; poll it"),
            &reference("Export"),
            &["Location", "Idempotency-Replayed"],
        )
        .leads_to(201, &["readExport", "downloadExport", "deleteExport"].map(str::to_owned))
        .at(paths, "post", "/api/v1/exports");
    Operation::new("readExport", tag, lang.t("导出的状态", "An export's state"))
        .on_id()
        .answers(200, lang.t("导出", "The export"), &reference("Export"), &[])
        .at(paths, "get", "/api/v1/exports/{id}");
    Operation::new("deleteExport", tag, lang.t("停止并删除导出", "Stop and remove an export"))
        .on_id()
        .writes()
        .answers_nothing(204, lang.t("删除了", "Removed"), &["Idempotency-Replayed"])
        .at(paths, "delete", "/api/v1/exports/{id}");
    Operation::new("downloadExport", tag, lang.t("下载导出的文件", "Download an export"))
        .on_id()
        .uses(&["Range"])
        .fails(&[409, 416])
        .answers_with(200, lang.t("整个文件", "The file"), Some(table()), &["Content-Disposition", "Accept-Ranges"])
        .answers_with(
            206,
            lang.t("文件的一段", "A part of it"),
            Some(table()),
            &["Content-Disposition", "Content-Range"],
        )
        .at(paths, "get", "/api/v1/exports/{id}/file");
}

fn access(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("权限", "Access");
    Operation::new("audit", tag, lang.t("全部操作日志", "The whole audit"))
        .describe(lang.t(
            "需要“查看全部操作日志”的职责。不受数据范围限制，脱敏照旧；一条记录自己的历史请用 history。",
            "Takes the duty `audit`. Not bounded by the data scope; masks hold. For one record's own story use its history.",
        ))
        .takes(query("object", false, &json!({ "type": "string", "example": "account" })))
        .takes(query("user", false, &reference("Id")))
        .takes(query("action", false, &json!({ "type": "string", "pattern": "^[a-z-]+(,[a-z-]+)*$", "example": "delete,purge" })))
        .takes(query("from", false, &json!({ "type": "string", "format": "date-time" })))
        .takes(query("until", false, &json!({ "type": "string", "format": "date-time" })))
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 500, "default": 50 })))
        .answers(200, lang.t("从新到旧", "Newest first"), &reference("AuditLog"), &[])
        .at(paths, "get", "/api/v1/audit");
    Operation::new("listRoles", tag, lang.t("角色列表", "List roles"))
        .answers(200, lang.t("全部角色", "All roles"), &list_of(&reference("Role")), &[])
        .at(paths, "get", "/api/v1/roles");
    Operation::new("createRole", tag, lang.t("新建角色", "Create a role"))
        .body(&reference("RoleInput"), None)
        .writes()
        .answers(201, lang.t("建好了", "Created"), &reference("Role"), &["Location", "Idempotency-Replayed"])
        .leads_to(201, &["readRole", "replaceRole", "deleteRole"].map(str::to_owned))
        .at(paths, "post", "/api/v1/roles");
    Operation::new("readRole", tag, lang.t("读取角色", "Read a role"))
        .on_id()
        .answers(200, lang.t("角色", "The role"), &reference("Role"), &[])
        .at(paths, "get", "/api/v1/roles/{id}");
    Operation::new("replaceRole", tag, lang.t("修改角色", "Replace a role"))
        .on_id()
        .body(&reference("RoleInput"), None)
        .writes()
        .answers(200, lang.t("角色", "The role"), &reference("Role"), &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/roles/{id}");
    Operation::new("deleteRole", tag, lang.t("删除角色", "Delete a role"))
        .on_id()
        .writes()
        .answers_nothing(204, lang.t("删除了", "Deleted"), &["Idempotency-Replayed"])
        .at(paths, "delete", "/api/v1/roles/{id}");
    Operation::new("rolesOfUser", tag, lang.t("用户的角色", "A user's roles"))
        .on_id()
        .answers(200, lang.t("角色的 id", "Ids of roles"), &reference("RolesOfUser"), &[])
        .at(paths, "get", "/api/v1/users/{id}/roles");
    Operation::new("setRolesOfUser", tag, lang.t("设定用户的角色", "Set a user's roles"))
        .on_id()
        .body(&reference("RolesOfUser"), None)
        .writes()
        .answers(200, lang.t("角色的 id", "Ids of roles"), &reference("RolesOfUser"), &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/users/{id}/roles");
    Operation::new("listTokens", tag, lang.t("我的令牌", "My tokens"))
        .answers(200, lang.t("令牌", "Tokens"), &list_of(&reference("Token")), &[])
        .at(paths, "get", "/api/v1/tokens");
    Operation::new("createToken", tag, lang.t("生成令牌", "Make a token"))
        .describe(lang.t(
            "只能在登录的页面会话里调用；令牌不能再生成令牌。",
            "Only from a signed-in session: a token cannot make tokens.",
        ))
        .body(
            &reference("TokenWish"),
            Some(json!({ "name": lang.t("对接 ERP", "ERP"), "scope": "account:read", "days": 90 })),
        )
        .writes()
        .answers(201, lang.t("token 只出现这一次", "`token` is given this once"), &reference("Token"), &[])
        .at(paths, "post", "/api/v1/tokens");
    Operation::new("revokeToken", tag, lang.t("吊销令牌", "Revoke a token"))
        .on_id()
        .writes()
        .answers_nothing(204, lang.t("吊销了", "Revoked"), &["Idempotency-Replayed"])
        .at(paths, "delete", "/api/v1/tokens/{id}");
}

fn views(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("视图", "Views");
    let object = json!({ "name": "object", "in": "path", "required": true, "schema": { "type": "string", "example": "account" } });
    let view = || reference("View");
    Operation::new("listViews", tag, lang.t("一个对象的视图", "An object's views"))
        .takes(object.clone())
        .fails(&[404])
        .answers(200, lang.t("自带的、共享的、自己的", "The pack's, shared ones, one's own"), &list_of(&view()), &[])
        .at(paths, "get", "/api/v1/views/{object}");
    Operation::new("createView", tag, lang.t("保存视图", "Save a view"))
        .takes(object.clone())
        .fails(&[404])
        .body(&reference("ViewInput"), None)
        .writes()
        .answers(201, lang.t("视图", "The view"), &view(), &["Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/views/{object}");
    Operation::new("replaceView", tag, lang.t("修改视图", "Replace a view"))
        .takes(object.clone())
        .on_id()
        .body(&reference("ViewInput"), None)
        .writes()
        .answers(200, lang.t("视图", "The view"), &view(), &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/views/{object}/{id}");
    Operation::new("deleteView", tag, lang.t("删除视图", "Delete a view"))
        .takes(object)
        .on_id()
        .writes()
        .answers_nothing(204, lang.t("删除了", "Deleted"), &["Idempotency-Replayed"])
        .at(paths, "delete", "/api/v1/views/{object}/{id}");
}
