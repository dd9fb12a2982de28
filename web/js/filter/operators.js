// What may be asked of a field, by its kind, and how each question reads in CEL.
//
// A template is CEL with holes: `$f` the field, `$0 $1` a string, `#0 #1` a number, `[*]` a list of strings.
// The same template writes the expression and reads it back (see cel.js). `one` is used where a list holds a single value.

const EMPTY = [{ op: "empty", cel: "$f == null" }, { op: "notEmpty", cel: "$f != null" }];

const TEXT = [
  { op: "contains", cel: "$f.contains($0)" },
  { op: "eq", cel: "$f == $0" },
  { op: "ne", cel: "$f != $0" },
  { op: "notContains", cel: "!$f.contains($0)" },
  { op: "starts", cel: "$f.startsWith($0)" },
  ...EMPTY,
];

const NUMBER = [
  { op: "numEq", cel: "$f == #0" },
  { op: "numNe", cel: "$f != #0" },
  { op: "gt", cel: "$f > #0" },
  { op: "ge", cel: "$f >= #0" },
  { op: "lt", cel: "$f < #0" },
  { op: "le", cel: "$f <= #0" },
  { op: "between", cel: "$f >= #0 && $f <= #1" },
  ...EMPTY,
];

// Weeks begin on Monday; `weekday` counts from Sunday. Within six days back, a day of this week has no later weekday than
// today; within six days ahead, no earlier one.
const MONDAY_FIRST = (day) => `(weekday(${day}) + 6) % 7`;
const THIS_WEEK = `$f >= today - days(6) && $f < today + days(1) && ${MONDAY_FIRST("$f")} <= ${MONDAY_FIRST("today")} || $f >= today + days(1) && $f < today + days(7) && ${MONDAY_FIRST("$f")} > ${MONDAY_FIRST("today")}`;
const THIS_MONTH = "year($f) == year(today) && month($f) == month(today)";

/** A day in the calendar. */
const DATE = [
  { op: "past", cel: "$f >= today - days(#0) && $f <= today", input: "days" },
  { op: "older", cel: "$f < today - days(#0)", input: "days" },
  { op: "next", cel: "$f >= today && $f <= today + days(#0)", input: "days" },
  { op: "today", cel: "$f == today" },
  { op: "thisWeek", cel: THIS_WEEK },
  { op: "thisMonth", cel: THIS_MONTH },
  { op: "on", cel: "$f == date($0)", input: "date" },
  { op: "before", cel: "$f < date($0)", input: "date" },
  { op: "after", cel: "$f > date($0)", input: "date" },
  { op: "between", cel: "$f >= date($0) && $f <= date($1)", input: "date" },
  ...EMPTY,
];

/** A moment: "on a day" means from its midnight to the next. */
const DATETIME = [
  { op: "past", cel: "$f >= today - days(#0) && $f <= now", input: "days" },
  { op: "older", cel: "$f < today - days(#0)", input: "days" },
  { op: "next", cel: "$f >= now && $f < today + days(#0)", input: "days" },
  { op: "today", cel: "$f >= today && $f < today + days(1)" },
  { op: "thisWeek", cel: THIS_WEEK },
  { op: "thisMonth", cel: THIS_MONTH },
  { op: "on", cel: "$f >= date($0) && $f < date($0) + days(1)", input: "date" },
  { op: "before", cel: "$f < date($0)", input: "date" },
  { op: "after", cel: "$f >= date($0) + days(1)", input: "date" },
  { op: "between", cel: "$f >= date($0) && $f < date($1) + days(1)", input: "date" },
  ...EMPTY,
];

const SELECT = [{ op: "in", one: "$f == $0", cel: "$f in [*]" }, { op: "notIn", one: "$f != $0", cel: "!($f in [*])" }, ...EMPTY];

/** `"a" in x || "b" in x`, as long as there are values. */
const each = (sign) => (count) => Array.from({ length: count }, (_, index) => `$${index} in $f`).join(` ${sign} `);

const MULTI = [
  { op: "any", cel: each("||"), list: true },
  { op: "all", cel: each("&&"), list: true },
  { op: "none", one: "!($0 in $f)", cel: (count) => `!(${each("||")(count)})`, list: true },
  ...EMPTY,
];

const REFERENCE = [{ op: "me", cel: "$f == me" }, { op: "notMe", cel: "$f != me" }, ...SELECT];
const BOOLEAN = [{ op: "yes", cel: "$f" }, { op: "no", cel: "!$f" }];
const REGION = [{ op: "within", cel: "within($f, $0)", input: "region" }, ...EMPTY];

const BY_TYPE = {
  integer: NUMBER, decimal: NUMBER, money: NUMBER, percent: NUMBER, duration: NUMBER,
  date: DATE, datetime: DATETIME,
  boolean: BOOLEAN,
  select: SELECT, "multi-select": MULTI, tags: MULTI,
  reference: REFERENCE, "any-reference": REFERENCE,
  region: REGION,
  file: EMPTY, image: EMPTY, json: EMPTY,
};

/** The operators of a field as the server describes it. */
export function operatorsOf(field) {
  const all = BY_TYPE[field.type] ?? TEXT;
  return all === REFERENCE && !field.me ? SELECT : all;
}

/** How many values an operator asks for: 0, 1, 2 or Infinity (a list). */
export function arity({ cel, list }) {
  if (list || cel.includes?.("[*]")) return Infinity;
  return cel.includes("$1") || cel.includes("#1") ? 2 : cel.includes("$0") || cel.includes("#0") ? 1 : 0;
}
