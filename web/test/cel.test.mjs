import assert from "node:assert/strict";
import { test } from "node:test";
import { compose, parse, shift } from "../js/filter/cel.js";
import { arity, operatorsOf } from "../js/filter/operators.js";

const FIELDS = [
  { name: "name", type: "text" },
  { name: "city", type: "text" },
  { name: "amount", type: "money", scale: 2 },
  { name: "staff", type: "integer" },
  { name: "level", type: "select" },
  { name: "tags", type: "tags" },
  { name: "owner", type: "reference", me: true },
  { name: "founded", type: "date" },
  { name: "last_contact_at", type: "datetime" },
  { name: "active", type: "boolean" },
  { name: "region", type: "region" },
];

const one = (row) => compose({ join: "and", rows: [row] }, FIELDS);

test("rows become the expressions the model documents", () => {
  assert.equal(one({ field: "city", op: "eq", values: ["青岛"] }), 'city == "青岛"');
  assert.equal(one({ field: "name", op: "contains", values: ['他说"好"'] }), 'name.contains("他说\\"好\\"")');
  assert.equal(one({ field: "level", op: "in", values: ["A", "B"] }), 'level in ["A", "B"]');
  assert.equal(one({ field: "level", op: "in", values: ["A"] }), 'level == "A"');
  assert.equal(one({ field: "owner", op: "me", values: [] }), "owner == me");
  assert.equal(one({ field: "active", op: "no", values: [] }), "!active");
  assert.equal(one({ field: "last_contact_at", op: "older", values: ["30"] }), "last_contact_at < today - days(30)");
  assert.equal(one({ field: "amount", op: "ge", values: ["10,000.5"] }), "amount >= 1000050");
  assert.equal(one({ field: "region", op: "within", values: ["370200"] }), 'within(region, "370200")');
});

test("several rows are joined; a row of two comparisons is bracketed", () => {
  const filter = { join: "or", rows: [{ field: "staff", op: "between", values: ["10", "50"] }, { field: "tags", op: "any", values: ["vip", "展会"] }, { field: "city", op: "empty", values: [] }] };
  assert.equal(compose(filter, FIELDS), '(staff >= 10 && staff <= 50) || ("vip" in tags || "展会" in tags) || city == null');
});

test("unfinished rows are left out", () => {
  const rows = [{ field: "city", op: "eq", values: [""] }, { field: "staff", op: "between", values: ["10"] }, { field: "staff", op: "gt", values: ["many"] }, { field: "active", op: "yes", values: [] }];
  assert.equal(compose({ join: "and", rows }, FIELDS), "active");
});

test("every operator of every kind is read back as it was written", () => {
  const samples = { money: ["12.34", "99"], integer: ["-3", "40"], date: ["2026-01-02", "2026-03-04"], datetime: ["2026-01-02", "2026-03-04"], region: ["370200"] };
  for (const field of FIELDS) {
    for (const operator of operatorsOf(field)) {
      const wanted = arity(operator);
      const pool = operator.input === "days" ? ["7"] : (samples[field.type] ?? ["甲", "乙\\\"'"]);
      for (const count of wanted === Infinity ? [1, 2] : [wanted]) {
        const row = { field: field.name, op: operator.op, values: pool.slice(0, count) };
        const text = one(row);
        assert.ok(text, `${field.name} ${operator.op}`);
        const read = parse(text, FIELDS);
        assert.equal(compose(read, FIELDS), text, text);
        // `"a" in tags` is both "any" and "all" of one: the first in the list is shown.
        if (!(operator.op === "all" && count === 1)) assert.deepEqual(read.rows, [row], text);
        const twice = { join: "and", rows: [row, { field: "name", op: "eq", values: ["x"] }] };
        if (!(operator.op === "all" && count === 1)) assert.deepEqual(parse(compose(twice, FIELDS), FIELDS), twice);
      }
    }
  }
});

test("what people write by hand is read too", () => {
  assert.deepEqual(parse("  city=='青岛'  &&level  in['A','B']", FIELDS), { join: "and", rows: [{ field: "city", op: "eq", values: ["青岛"] }, { field: "level", op: "in", values: ["A", "B"] }] });
  assert.deepEqual(parse("((active))", FIELDS).rows, [{ field: "active", op: "yes", values: [] }]);
  assert.deepEqual(parse("", FIELDS), { join: "and", rows: [] });
});

test("what rows cannot say stays text, untouched", () => {
  const text = 'level == "A" && (last_contact_at == null || last_contact_at < now - duration("720h")) && contacts.exists(c, c.role == "decision")';
  const read = parse(text, FIELDS);
  assert.equal(read.rows[0].field, "level");
  assert.equal(read.rows[1].raw, '(last_contact_at == null || last_contact_at < now - duration("720h"))');
  assert.equal(read.rows[2].raw, 'contacts.exists(c, c.role == "decision")');
  assert.equal(compose(read, FIELDS), text);
});

test("mixed && and || keep their meaning", () => {
  const read = parse('active && city == "青岛" || staff > 5', FIELDS);
  assert.equal(read.join, "or");
  assert.equal(compose(read, FIELDS), '(active && city == "青岛") || staff > 5');
});

test("broken text is left alone", () => {
  for (const text of ['city == "青岛', "(active", "active &&", "a ? b : c", "city == @", ")("]) assert.equal(parse(text, FIELDS), null, text);
});

test("a template's words do not match inside strings", () => {
  assert.deepEqual(parse('city == "today && active"', FIELDS).rows, [{ field: "city", op: "eq", values: ["today && active"] }]);
});

test("shift moves the point exactly", () => {
  for (const [number, places, result] of [["12.5", 2, "1250"], ["0.05", 2, "5"], ["1250", -2, "12.5"], ["5", -2, "0.05"], ["-3", 2, "-300"], ["1,280,000", 0, "1280000"], ["100", -2, "1"], ["0", 2, "0"], ["12.345", 2, "1234.5"], [".5", 0, "0.5"]]) {
    assert.equal(shift(number, places), result, `${number} ${places}`);
  }
  assert.equal(shift("abc", 2), null);
  assert.equal(shift("", 2), null);
});

test("this week runs from Monday to Sunday, whatever day it is", () => {
  const { cel } = operatorsOf({ name: "d", type: "date" }).find(({ op }) => op === "thisWeek");
  const script = cel.replaceAll("$f", "d").replace(/days\((\d+)\)/g, "$1");
  // Days since 1970-01-01, a Thursday, as the engine counts them.
  const holds = new Function("d", "today", "weekday", `return ${script}`);
  const weekday = (day) => (day + 4) % 7;
  const week = (day) => Math.floor((day + 3) / 7);
  for (let today = 20_000; today < 20_014; today++) {
    for (let day = today - 20; day <= today + 20; day++) assert.equal(holds(day, today, weekday), week(day) === week(today), `${day} ${today}`);
  }
});
