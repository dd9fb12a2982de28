// 看板: cards moved by pointer, by keys and by menu; what a stage wants; two people at once; a phone.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { card, counted, drag, stands } from "./harness/board.mjs";
import { makeRole, makeUser } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const password = "correct horse battery";

suite("board", (site) => {
  Object.assign(site.passwords, { zhao: password });

  async function make(page, fields) {
    const answer = await page.request.post("/api/v1/account", { headers: { origin: site.server.base, "Zhike-Duplicates": "allow", "X-Reason": "test" }, data: fields });
    assert.equal(answer.status(), 201, await answer.text());
    return (await answer.json()).id;
  }
  const now = async (page, id) => (await page.request.get(`/api/v1/account/${id}`)).json();
  const change = async (page, id, data) => {
    const answer = await page.request.patch(`/api/v1/account/${id}`, { headers: { origin: site.server.base }, data });
    assert.equal(answer.status(), 200, await answer.text());
  };
  const count = async (page, stage) => Number((await page.locator(`.board-column [data-count="${stage}"]`).innerText()).replaceAll(",", ""));
  const ready = (page) => counted(page, "/account/board");

  site.try("list and board: one switch, remembered, with the list's views and filters", { as: "admin" }, async (page) => {
    await page.goto("/account");
    await page.click("a[data-shape=board]");
    await page.waitForSelector("zk-board .board-card");
    await page.goto("/account");
    assert.match(page.url(), /\/account\/board$/);
    await page.waitForFunction(() => document.querySelector(".board-column [data-sum]")?.textContent.includes("¥"));
    const sum = await page.locator(".board-column [data-count]").allInnerTexts();
    const total = Number((await page.locator("h1 .count").innerText()).replaceAll(",", ""));
    assert.equal(sum.map((text) => Number(text.replaceAll(",", ""))).reduce((a, b) => a + b), total);
    await shot(page, "board-1");
    assert.deepEqual(await accessibility(page), []);
    assert.equal(await overflow(page), 0);
    // further cards come when the end of a column is reached
    const cards = page.locator(".board-column").first().locator(".board-card");
    assert.equal(await cards.count(), 20);
    await page.locator(".board-column").first().locator(".board-more").scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector(".board-column .board-cards").querySelectorAll(".board-card").length >= 40);
    // a filter stays with the board
    await page.click(".chip-quick:has-text('客户级别')");
    await page.click(".menu:popover-open .menu-item:has-text('A 重点')");
    await page.waitForURL(/board\?.*filter=/);
    await page.waitForSelector(".chip:has-text('A 重点')");
    assert.equal(await page.locator(".board-card:not(:has-text('A 重点'))").count(), 0);
    await page.click("a[data-shape=list]");
    await page.waitForSelector("zk-table");
    assert.match(page.url(), /filter=/);
    await page.goto("/account");
    assert.doesNotMatch(page.url(), /board/);
  });

  site.try("a card dragged goes there at once, and back with an undo", { as: "admin" }, async (page) => {
    const id = await make(page, { name: "青岛拖动器材有限公司", annual_revenue: { amount: "1000", currency: "CNY" } });
    await ready(page);
    const before = [await count(page, "potential"), await count(page, "active")];
    await drag(page, id, "active");
    await stands(page, id, "active");
    await page.waitForSelector(".toast:has-text('已移到「现实」')");
    assert.equal((await now(page, id)).status, "active");
    await page.waitForFunction(([a, b]) => document.querySelector('.board-column [data-count=potential]').textContent === String(a - 1) && document.querySelector('.board-column [data-count=active]').textContent === String(b + 1), before);
    // there is no way from active to potential but the undo
    await page.click(".toast a:has-text('撤销')");
    await stands(page, id, "potential");
    assert.equal((await now(page, id)).status, "potential");
    assert.equal(page.url(), `${site.server.base}/account/board`, "the click that ended the drag opened nothing");
  });

  site.try("who goes back to a board sees it as it stands", { as: "admin" }, async (page) => {
    const id = await make(page, { name: "青岛返回仪表有限公司" });
    await ready(page);
    await stands(page, id, "potential");
    await page.goto(`/account/${id}`);
    await change(page, id, { status: "active" });
    await page.goBack();
    await stands(page, id, "active");
  });

  site.try("by keys: arrows, Shift with an arrow, Enter; what cannot be is said and undone", { as: "admin" }, async (page) => {
    const id = await make(page, { name: "青岛按键电子有限公司", status: "active" });
    await ready(page);
    await card(page, id).locator(".board-title").focus();
    await page.keyboard.press("ArrowDown");
    assert.notEqual(await page.evaluate(() => document.activeElement.closest(".board-card")?.id), `c-${id}`);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".board-column").dataset.stage), "dormant");
    await page.keyboard.press("ArrowLeft");
    await card(page, id).locator(".board-title").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await stands(page, id, "dormant");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".board-card")?.id), `c-${id}`, "the focus goes along");
    await page.keyboard.press("Shift+ArrowLeft");
    await stands(page, id, "active");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.waitForSelector(".toast:has-text('不能从「现实」直接改为「预期」')");
    await stands(page, id, "active");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] dl.keys:has-text('把卡片移到前后阶段')");
    await page.keyboard.press("Escape");
    await card(page, id).locator(".board-title").focus();
    await page.keyboard.press("m");
    await page.waitForSelector("#board-menu:popover-open");
    await shot(page, "board-2-menu");
    assert.deepEqual(await accessibility(page), []);
    await page.keyboard.press("Escape");
    await card(page, id).locator(".board-title").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/account/${id}`);
  });

  site.try("a stage that wants a field asks for it; giving up puts the card back", { as: "admin" }, async (page) => {
    const id = await make(page, { name: "青岛缺项贸易有限公司", status: "active" });
    await ready(page);
    await drag(page, id, "lost");
    await page.waitForSelector("dialog[open] .sheet:has-text('移到「流失」')");
    assert.deepEqual(await page.locator("dialog[open] .field label").allInnerTexts(), ["流失原因"]);
    await shot(page, "board-3-wants");
    assert.deepEqual(await accessibility(page), []);
    await page.keyboard.press("Escape");
    await stands(page, id, "active");
    assert.equal((await now(page, id)).status, "active");
    await card(page, id).locator(".board-menu").click();
    await page.click("#board-menu [data-stage=lost]");
    await page.waitForSelector("dialog[open] [name=lost_reason]");
    await page.click("dialog[open] .btn-primary");
    await page.waitForSelector("dialog[open] .error");
    await page.fill("dialog[open] [name=lost_reason]", "价格太高");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await stands(page, id, "lost");
    const record = await now(page, id);
    assert.deepEqual([record.status, record.lost_reason], ["lost", "价格太高"]);
    await page.click(".toast a:has-text('撤销')");
    await stands(page, id, "active");
    assert.equal((await now(page, id)).lost_reason, null);
  });

  site.try("two people at once: a colleague's move shows, and wins when it came first", { as: "admin" }, async (page) => {
    const id = await make(page, { name: "青岛同时物流有限公司" });
    await ready(page);
    const other = await site.visit({ as: "admin" });
    await ready(other);
    await drag(other, id, "expected");
    await stands(other, id, "expected");
    await stands(page, id, "expected");
    // deaf to news: what it shows is old
    const deaf = await site.visit({ as: "admin" });
    await deaf.route("**/events", (route) => route.abort());
    await ready(deaf);
    await change(page, id, { status: "active" });
    await drag(deaf, id, "potential");
    await deaf.waitForSelector(".toast:has-text('移到了「现实」，没有再移动')");
    await stands(deaf, id, "active");
    assert.equal((await now(page, id)).status, "active");
    // a change of something else does not stand in the way
    await change(page, id, { remark: "回访过" });
    await drag(deaf, id, "dormant");
    await stands(deaf, id, "dormant");
    assert.deepEqual([(await now(page, id)).status, (await now(page, id)).remark], ["dormant", "回访过"]);
    await page.request.delete(`/api/v1/account/${id}`, { headers: { origin: site.server.base } });
    await card(other, id).waitFor({ state: "detached" });
    await other.context().close();
    await deaf.context().close();
  });

  site.try("who may not change records sees a board that stands still", { as: "admin" }, async (page) => {
    await makeRole(page, "reader", "只看", { account: { read: "all" } });
    await makeUser(page, { name: "赵看", login: "zhao", password, role: "只看" });
    const reader = await site.visit({ as: "zhao" });
    await reader.goto("/account/board");
    await reader.waitForSelector(".board-card");
    assert.equal(await reader.locator(".board-menu").count(), 0);
    const id = await reader.locator(".board-card").first().getAttribute("data-id");
    const stage = await card(reader, id).getAttribute("data-stage");
    await drag(reader, id, stage === "active" ? "dormant" : "active");
    await reader.keyboard.press("ArrowDown");
    await reader.keyboard.press("Shift+ArrowRight");
    assert.equal(await card(reader, id).getAttribute("data-stage"), stage);
    const answer = await reader.request.post(`/account/${id}/stage`, { headers: { origin: site.server.base }, form: { _stage: "active", _from: stage }, maxRedirects: 0 });
    assert.equal(answer.status(), 403);
    assert.deepEqual(reader.faults, []);
    await reader.context().close();
  });

  if (site.looks) {
    site.try("on a phone: one column at a time, moved by the menu", { as: "admin", screen: "phone" }, async (page) => {
      const id = await make(page, { name: "青岛手机配件有限公司" });
      await page.goto("/account/board");
      await page.waitForSelector(".board-column.current .board-card");
      assert.equal(await page.locator(".board-column:visible").count(), 1);
      await page.waitForFunction(() => document.querySelector(".board-tabs [data-count]").textContent);
      await shot(page, "board-4");
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await accessibility(page), []);
      await card(page, id).locator(".board-menu").tap();
      await page.locator("#board-menu [data-stage=expected]").tap();
      await page.waitForSelector(".toast:has-text('已移到「预期」')");
      await page.locator(".board-tabs .tab:has-text('预期')").tap();
      await stands(page, id, "expected");
      assert.equal(await card(page, id).isVisible(), true);
    });

    site.try("a finger that rests on a card drags it", { as: "admin" }, async (page) => {
      const id = await make(page, { name: "青岛触屏科技有限公司" });
      await ready(page);
      const client = await page.context().newCDPSession(page);
      const touch = (type, x, y) => client.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
      const from = await card(page, id).boundingBox();
      const to = await page.locator(".board-column[data-stage=expected]").boundingBox();
      await touch("touchStart", from.x + 40, from.y + 20);
      await page.waitForSelector(".board-ghost");
      for (const part of [0.2, 0.6, 1]) await touch("touchMove", from.x + 40 + (to.x - from.x) * part, from.y + 20 + 60 * part);
      await touch("touchEnd");
      await stands(page, id, "expected");
      assert.equal((await now(page, id)).status, "expected");
    });

    site.try("in the dark, in English, with a name of 120 characters", { as: "admin", dark: true, locale: "en-US" }, async (page) => {
      await make(page, { name: "长".repeat(120) });
      await page.goto("/account/board");
      await page.waitForSelector("text=New Account");
      await page.waitForFunction(() => document.querySelector(".board-column [data-count]").textContent);
      await shot(page, "board-5-dark");
      assert.deepEqual(await accessibility(page), []);
      assert.equal(await overflow(page), 0);
      await page.goto("/account/board?view=all&filter=name%20%3D%3D%20%22nobody%22");
      await page.waitForSelector(".board-bare");
      await page.goto("/account/board?filter=nonsense(");
      await page.waitForSelector(".empty:has-text('cannot be read')");
    });

    site.try("without scripts the cards are links", { as: "admin", javaScript: false }, async (page) => {
      await page.goto("/account/board");
      await page.locator(".board-title").first().click();
      await page.waitForURL(/account\/[0-9a-f-]{36}$/);
    });
  }
});
