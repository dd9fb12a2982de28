import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, isoDay, isoMinute, presets } from "../js/dates.js";

const WORDS = { justNow: "刚刚", minutes: (n) => `${n} 分钟前`, hours: (n) => `${n} 小时前`, yesterday: "昨天", days: (n) => `${n} 天前` };

test("presets stand at nine in the morning", () => {
  const { tomorrow, threeDays, nextWeek, nextMonth } = presets(new Date(2026, 10, 21, 22, 15)); // a Saturday
  assert.deepEqual([tomorrow, threeDays, nextWeek, nextMonth].map(isoMinute), ["2026-11-22T09:00", "2026-11-24T09:00", "2026-11-23T09:00", "2026-12-21T09:00"]);
});

test("next week on a Monday is the Monday after; on a Sunday, tomorrow", () => {
  assert.equal(isoDay(presets(new Date(2026, 10, 23)).nextWeek), "2026-11-30");
  assert.equal(isoDay(presets(new Date(2026, 10, 22)).nextWeek), "2026-11-23");
});

test("next month never skips February", () => {
  assert.equal(isoDay(presets(new Date(2027, 0, 31)).nextMonth), "2027-02-28");
  assert.equal(isoDay(presets(new Date(2028, 0, 30)).nextMonth), "2028-02-29");
  assert.equal(isoDay(presets(new Date(2026, 11, 31)).nextMonth), "2027-01-31");
});

test("ago counts days by midnight, not by 24 hours", () => {
  const now = new Date(2026, 10, 21, 8, 0);
  const at = (...parts) => ago(new Date(...parts), now, WORDS);
  assert.equal(at(2026, 10, 21, 7, 59, 40), "刚刚");
  assert.equal(at(2026, 10, 21, 7, 15), "45 分钟前");
  assert.equal(at(2026, 10, 21, 2, 0), "6 小时前");
  assert.equal(at(2026, 10, 20, 23, 0), "昨天");
  assert.equal(at(2026, 10, 19, 9, 0), "2 天前");
  assert.equal(at(2026, 9, 1), null);
  assert.equal(at(2026, 10, 22), null);
});
