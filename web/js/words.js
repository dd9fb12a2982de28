// What scripts say, in the page's language.
const WORDS = {
  zh: {
    close: "关闭", cancel: "取消", undo: "撤销", open: "打开", refresh: "刷新", copied: "已复制", copy: "复制", copyFailed: "复制不了，请手动选取",
    loading: "正在加载", failed: "没有成功，请稍后再试", offline: "网络不通，请检查后再试", undone: "已撤销", search: "搜索客户、联系人、操作…",
    noResults: "没有找到", noResultsHint: "换个词试试：名称里的两个字、拼音首字母、电话后四位", recent: "最近", choose: "选择", clear: "清除",
    createNamed: (name) => (name ? `新建“${name}”` : "新建"), typeToSearch: "输入文字查找", more: "还有更多，请输入更多文字", remove: (name) => `移除 ${name}`,
    province: "省", city: "市", district: "区县", drop: "拖到这里，或<b>选择文件</b>", dropOver: "松开即可",
    tomorrow: "明天", threeDays: "3 天后", nextWeek: "下周一", nextMonth: "下月", draft: "已恢复上次没有保存的内容", discard: "丢弃", leave: "内容还没有保存",
    updatedBy: (name) => `${name || "系统"}刚刚更新了这条记录`, deletedBy: (name) => `${name || "系统"}刚刚删除了这条记录`, mergedBy: (name) => `${name || "系统"}刚刚把这条记录合并到了另一条`, newRows: (n) => `${n} 条新记录 ·`, maybeRows: "列表可能有更新 ·", keys: "快捷键", keysMove: "移动", keysStage: "把卡片移到前后阶段", keysMenu: "把卡片移到…", keysPick: "选中，Shift 连选", keysOpen: "打开", keysEdit: "修改当前格",
    keysFind: "在列表中查找", keysPalette: "搜索与操作", keysCreate: "新建", keysSave: "保存", keysClose: "关闭、取消", keysHelp: "这张表", keysFollow: "命令面板：选择",
    width: "调整列宽", justNow: "刚刚", minutes: (n) => `${n} 分钟前`, hours: (n) => `${n} 小时前`, yesterday: "昨天", days: (n) => `${n} 天前`,
    field: "字段", operator: "条件", value: "值", addRow: "添加条件", where: "当", and: "且", or: "或", expression: "表达式", removeRow: "移除这个条件", dayUnit: "天", to: "至",
    badExpression: "这个表达式只能用文字修改", yes: "是", no: "否",
    ops: {
      eq: "是", ne: "不是", contains: "包含", notContains: "不包含", starts: "开头是", empty: "为空", notEmpty: "不为空", numEq: "=", numNe: "≠", gt: ">", ge: "≥", lt: "<", le: "≤",
      between: "介于", on: "是", before: "早于", after: "晚于", past: "最近", older: "早于…天前", next: "未来", today: "今天", thisWeek: "本周", thisMonth: "本月",
      in: "是其中", notIn: "不是", any: "含任一", all: "全都有", none: "不含", me: "是我", notMe: "不是我", yes: "是", no: "否", within: "在",
    },
    hints: { palMove: "选择", palOpen: "打开", palClose: "关闭" },
  },
  en: {
    close: "Close", cancel: "Cancel", undo: "Undo", open: "Open", refresh: "Refresh", copied: "Copied", copy: "Copy", copyFailed: "Could not copy; please select it by hand",
    loading: "Loading", failed: "That did not work. Please try again later", offline: "No connection. Check the network and try again", undone: "Undone", search: "Search customers, contacts, actions…",
    noResults: "Nothing found", noResultsHint: "Try two characters of the name, pinyin initials or the last four digits of a phone", recent: "Recent", choose: "Choose", clear: "Clear",
    createNamed: (name) => (name ? `Create “${name}”` : "Create"), typeToSearch: "Type to search", more: "There are more: keep typing", remove: (name) => `Remove ${name}`,
    province: "Province", city: "City", district: "District", drop: "Drop files here or <b>choose</b>", dropOver: "Let go to add",
    tomorrow: "Tomorrow", threeDays: "In 3 days", nextWeek: "Next Monday", nextMonth: "Next month", draft: "Restored what you had not saved", discard: "Discard", leave: "Your changes are not saved",
    updatedBy: (name) => `${name || "The system"} has just changed this record`, deletedBy: (name) => `${name || "The system"} has just deleted this record`, mergedBy: (name) => `${name || "The system"} has just merged this record into another`, newRows: (n) => `${n} new ${n === 1 ? "record" : "records"} ·`, maybeRows: "The list may have changed ·", keys: "Keyboard shortcuts", keysMove: "Move", keysStage: "Move the card a stage on or back", keysMenu: "Move the card to…", keysPick: "Select; Shift for a range", keysOpen: "Open", keysEdit: "Edit the active cell",
    keysFind: "Find in the list", keysPalette: "Search and actions", keysCreate: "Create", keysSave: "Save", keysClose: "Close, cancel", keysHelp: "This list", keysFollow: "Palette: choose",
    width: "Column width", justNow: "just now", minutes: (n) => `${n} min ago`, hours: (n) => `${n} h ago`, yesterday: "yesterday", days: (n) => `${n} days ago`,
    field: "Field", operator: "Condition", value: "Value", addRow: "Add condition", where: "Where", and: "and", or: "or", expression: "Expression", removeRow: "Remove this condition", dayUnit: "days", to: "to",
    badExpression: "This expression can only be edited as text", yes: "Yes", no: "No",
    ops: {
      eq: "is", ne: "is not", contains: "contains", notContains: "does not contain", starts: "starts with", empty: "is empty", notEmpty: "is not empty", numEq: "=", numNe: "≠", gt: ">", ge: "≥", lt: "<", le: "≤",
      between: "between", on: "is", before: "before", after: "after", past: "in the last", older: "more than … ago", next: "in the next", today: "is today", thisWeek: "this week", thisMonth: "this month",
      in: "is any of", notIn: "is none of", any: "has any of", all: "has all of", none: "has none of", me: "is me", notMe: "is not me", yes: "is yes", no: "is no", within: "in",
    },
    hints: { palMove: "choose", palOpen: "open", palClose: "close" },
  },
};

export const words = WORDS[document.documentElement.lang.startsWith("en") ? "en" : "zh"];
