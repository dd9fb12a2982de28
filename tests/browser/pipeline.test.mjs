// 商机看板: stages that are records, in pipelines of their own; moved by pointer, keys, menu and API; gates; two people at once.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { card, counted, drag, stands } from "./harness/board.mjs";
import { suite } from "./harness/suite.mjs";

suite("pipelines", (site) => {
  const headers = () => ({ origin: site.server.base });
  const read = async (page, path) => {
    const answer = await page.request.get(`/api/v1/${path}`);
    assert.equal(answer.status(), 200, await answer.text());
    return answer.json();
  };
  const make = async (page, object, data) => {
    const answer = await page.request.post(`/api/v1/${object}`, { headers: headers(), data });
    assert.equal(answer.status(), 201, await answer.text());
    return (await answer.json()).id;
  };
  const put = (page, id, data) => page.request.put(`/api/v1/opportunity/${id}/stage`, { headers: headers(), data });
  const stageOf = async (page, id) => {
    const { stage } = await read(page, `opportunity/${id}`);
    return stage.id ?? stage;
  };
  const money = (amount) => ({ amount, currency: "CNY" });
  const said = (page, text) => page.waitForSelector(`.toast:has-text("${text}")`);
  const ready = (page) => counted(page, `/opportunity/board?part=${pipeline}`);
  /** A pipeline of our own, with a stage that wants fields and one with a gate. */
  const stages = {};
  let pipeline = "";
  let usual = [];
  let account = "";
  const deal = (page, name, fields = {}) => make(page, "opportunity", { name, account, pipeline, ...fields });

  site.try("each pipeline has a board of its own stages, in their order", { as: "admin" }, async (page) => {
    account = await make(page, "account", { name: "青岛天璇轴承有限公司" });
    pipeline = await make(page, "pipeline", { name: "投标流程", active: true });
    for (const [key, name, rank, more] of [
      ["won", "中标", 40, { kind: "won", probability: 100, requires: "amount" }],
      ["first", "报名", 10, {}],
      ["second", "购标书", 20, {}],
      ["gated", "投标", 30, { requires: "expected_close", gate: "amount >= 100000", gate_message: "十万元以下不投标，请改走询价。" }],
      ["lost", "未中标", 50, { kind: "lost", probability: 0, requires: "reason" }],
    ]) {
      stages[key] = await make(page, "pipeline_stage", { pipeline, name, rank, kind: "open", probability: rank, ...more });
    }
    const id = await deal(page, "泵站改造");
    assert.equal(await stageOf(page, id), stages.first, "it begins with the first open stage");
    const board = await read(page, `opportunity/board?part=${pipeline}`);
    assert.deepEqual(board.columns.map(({ label }) => label), ["报名", "购标书", "投标", "中标", "未中标"]);
    assert.equal(board.columns[0].count, 1);
    usual = (await read(page, "opportunity/board")).columns.map(({ stage }) => stage);
    assert.ok(usual.length > 3 && usual.every((stage) => !Object.values(stages).includes(stage)), "the default pipeline is another");
    await ready(page);
    assert.deepEqual(await page.locator(".board-column").evaluateAll((columns) => columns.map(({ dataset }) => dataset.stage)), board.columns.map(({ stage }) => stage));
    await shot(page, "pipeline-1");
    assert.deepEqual(await accessibility(page), []);
    assert.equal(await overflow(page), 0);
    // the other board is a click away, and has no card of this one
    await page.goto("/opportunity/board");
    assert.equal(await card(page, id).count(), 0);
    await page.click("[popovertarget=parts-menu]");
    await page.click("#parts-menu a:has-text('投标流程')");
    await stands(page, id, stages.first);
  });

  site.try("dragged on and back, and undone", { as: "admin" }, async (page) => {
    const id = await deal(page, "拖动的商机");
    await ready(page);
    await drag(page, id, stages.second);
    await stands(page, id, stages.second);
    await said(page, "已移到「购标书」");
    assert.equal(await stageOf(page, id), stages.second);
    await page.click(".toast a:has-text('撤销')");
    await stands(page, id, stages.first);
    assert.equal(await stageOf(page, id), stages.first);
    // unlike a customer's status, a deal may go back by hand
    await drag(page, id, stages.second);
    await stands(page, id, stages.second);
    await drag(page, id, stages.first);
    await stands(page, id, stages.first);
    assert.equal(await stageOf(page, id), stages.first);
  });

  site.try("by keys, and by the menu of a card", { as: "admin" }, async (page) => {
    const id = await deal(page, "按键的商机");
    await ready(page);
    await card(page, id).locator(".board-title").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await stands(page, id, stages.second);
    assert.equal(await page.evaluate(() => document.activeElement.closest(".board-card")?.id), `c-${id}`, "the focus goes along");
    await page.keyboard.press("Shift+ArrowLeft");
    await stands(page, id, stages.first);
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("m");
    await page.waitForSelector("#board-menu:popover-open");
    assert.deepEqual(await page.locator("#board-menu [data-stage]").evaluateAll((items) => items.map(({ dataset }) => dataset.stage)), [stages.first, stages.second, stages.gated, stages.won, stages.lost]);
    await page.click(`#board-menu [data-stage="${stages.second}"]`);
    await stands(page, id, stages.second);
    assert.equal(await stageOf(page, id), stages.second);
  });

  site.try("what a stage wants is asked for, and its gate says no in its own words", { as: "admin" }, async (page) => {
    const id = await deal(page, "小额的商机", { amount: money("8000") });
    await ready(page);
    await drag(page, id, stages.gated);
    await page.waitForSelector("dialog[open] .sheet:has-text('移到「投标」') [name=expected_close]");
    assert.deepEqual(await accessibility(page), []);
    await page.keyboard.press("Escape");
    await stands(page, id, stages.first);
    await drag(page, id, stages.gated);
    await page.fill("dialog[open] [name=expected_close]", "2031-06-30");
    await page.click("dialog[open] .btn-primary");
    await page.waitForSelector("text=十万元以下不投标，请改走询价。");
    assert.equal(await stageOf(page, id), stages.first, "the gate holds");
    await page.reload();
    await stands(page, id, stages.first);
    // by the API the same, field by field
    const refused = await put(page, id, { stage: stages.gated });
    assert.equal(refused.status(), 422);
    assert.equal((await refused.json()).errors[0].field, "expected_close");
    const gated = await put(page, id, { stage: stages.gated, expected_close: "2031-06-30" });
    assert.equal(gated.status(), 422);
    assert.match(JSON.stringify((await gated.json()).errors), /十万元以下不投标/);
    const passed = await put(page, id, { stage: stages.gated, expected_close: "2031-06-30", amount: money("120000") });
    assert.equal(passed.status(), 200, await passed.text());
    await stands(page, id, stages.gated);
  });

  site.try("a lost deal says why, a stage of another pipeline is refused", { as: "admin" }, async (page) => {
    const id = await deal(page, "会丢的商机");
    await ready(page);
    await drag(page, id, stages.lost);
    await page.waitForSelector("dialog[open] .sheet:has-text('移到「未中标」')");
    await page.keyboard.press("Escape");
    await stands(page, id, stages.first);
    const other = await put(page, id, { stage: usual[1] });
    assert.equal(other.status(), 422);
    const [error] = (await other.json()).errors;
    assert.deepEqual([error.field, error.code], ["stage", "stage"]);
    assert.match(JSON.stringify(error), /属于另一个销售流程/);
    const gone = await put(page, id, { stage: "01890000-0000-7000-8000-000000000000" });
    assert.equal(gone.status(), 422);
    // a page that has another pipeline's stage at hand, an old tab say, learns the same
    const stage = await page.request.post(`/opportunity/${id}/stage`, { headers: headers(), form: { _stage: usual[1], _from: stages.first }, maxRedirects: 0 });
    assert.ok([400, 422].includes(stage.status()), String(stage.status()));
    assert.match(await stage.text(), /属于另一个销售流程/);
    assert.equal(await stageOf(page, id), stages.first);
    // with its pipeline it goes, and leaves this board; the tab is a new one, which has changed nothing itself
    await ready(page);
    const { data } = await read(page, `pipeline?filter=${encodeURIComponent("is_default")}`);
    const moved = await put(page, id, { pipeline: data[0].id, stage: usual[1] });
    assert.equal(moved.status(), 200, await moved.text());
    await card(page, id).waitFor({ state: "detached" });
  });

  site.try("two people at once: the first wins, and both see it", { as: "admin" }, async (page) => {
    const id = await deal(page, "两人的商机");
    await ready(page);
    const other = await site.visit({ as: "admin" });
    await ready(other);
    await drag(other, id, stages.second);
    await stands(other, id, stages.second);
    await stands(page, id, stages.second);
    // deaf to news: what it shows is old
    const deaf = await site.visit({ as: "admin" });
    await deaf.route("**/events", (route) => route.abort());
    await ready(deaf);
    const moved = await put(page, id, { stage: stages.first });
    assert.equal(moved.status(), 200, await moved.text());
    const again = await put(page, id, { stage: stages.gated, expected_close: "2031-06-30", amount: money("200000") });
    assert.equal(again.status(), 200, await again.text());
    await drag(deaf, id, stages.first);
    await said(deaf, "移到了「投标」，没有再移动");
    await stands(deaf, id, stages.gated);
    assert.equal(await stageOf(page, id), stages.gated);
    assert.deepEqual(other.faults, []);
    await other.context().close();
    await deaf.context().close();
  });

  if (!site.looks) return;

  site.try("on a phone: one stage at a time, moved by the menu", { as: "admin", screen: "phone" }, async (page) => {
    const id = await deal(page, `手机上的商机${"长".repeat(90)}`);
    await page.goto(`/opportunity/board?part=${pipeline}`);
    await card(page, id).locator(".board-menu").tap();
    await page.locator(`#board-menu [data-stage="${stages.second}"]`).tap();
    await said(page, "已移到「购标书」");
    await page.locator(".board-tabs .tab:has-text('购标书')").tap();
    await stands(page, id, stages.second);
    await shot(page, "pipeline-2");
    assert.deepEqual(await accessibility(page), []);
    assert.equal(await overflow(page), 0);
  });
}, { customers: 40 });
