// 日历 and 拜访: planned, checked in once from the phone, reported into the customer's timeline; moved by drag and by keys; a feed.

import assert from "node:assert/strict";
import { accessibility, overflow, shot } from "./harness/browser.mjs";
import { makeUser, pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const DAY = 86_400_000;
const local = (at) => new Date(at + 8 * 3_600_000).toISOString();
const today = () => local(Date.now()).slice(0, 10);
const later = (iso, days) => new Date(Date.parse(`${iso}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

suite("calendar", (site) => {
  const headers = () => ({ origin: site.server.base });
  const post = async (page, path, data, status = 201) => {
    const answer = await page.request.post(path, { headers: headers(), data });
    assert.equal(answer.status(), status, await answer.text());
    return answer.json();
  };
  const read = async (page, path) => (await page.request.get(path)).json();
  let account = "";
  const visits = {};

  site.try("an empty calendar says what to do", { as: "admin" }, async (page) => {
    await page.goto("/calendar?date=2031-05-05");
    await page.waitForSelector("text=这段时间没有安排");
    assert.deepEqual(await accessibility(page), []);
    account = (await post(page, "/api/v1/account", { name: "青岛长庚水泵有限公司", phone: "0532-83007788" })).id;
    for (const screen of ["desktop", "phone"]) {
      const at = new Date(Date.now() + 20 * 60_000);
      visits[screen] = (await post(page, "/api/v1/visit", { purpose: `看样品 ${screen}`, account, planned_start: at.toISOString() })).id;
    }
    await post(page, "/api/v1/task", { subject: "寄报价单", account, due_at: `${today()}T15:30:00+08:00` });
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`checked in once, by the device's position, ${screen}`, { as: "admin", screen }, async (page) => {
      await page.context().grantPermissions(["geolocation"]);
      await page.context().setGeolocation({ latitude: 36.0871, longitude: 120.3744, accuracy: 12 });
      await page.goto(`/visit/${visits[screen]}`);
      await shot(page, `visit-1-planned-${screen}`);
      await page.click("#check-in");
      await page.waitForSelector("text=已取到定位，误差约 12 米");
      await page.fill("#ci-place", "青岛市市北区厂门口");
      assert.equal(await page.getAttribute("#ci-photo", "capture"), "environment");
      await page.setInputFiles("#ci-photo", { name: "IMG_1.jpg", mimeType: "image/jpeg", buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]) });
      await shot(page, `visit-2-check-in-${screen}`);
      assert.deepEqual(await accessibility(page), []);
      await page.dblclick("#check-in-go");
      await page.waitForSelector(".toast:has-text('已签到：青岛市市北区厂门口')");
      const visit = await read(page, `/api/v1/visit/${visits[screen]}`);
      assert.equal(visit.place, "青岛市市北区厂门口");
      assert.equal(Number(visit.latitude), 36.0871);
      assert.equal((await read(page, `/api/v1/visit/${visits[screen]}/attachments`)).data.length, 1, "one photo, whatever was clicked");
      // by the API, too, the second time changes nothing
      const again = await page.request.post(`/api/v1/visit/${visits[screen]}/check-in`, { headers: headers(), multipart: { place: "家里" } });
      assert.equal((await again.json()).version, visit.version);
      await page.goto(`/visit/${visits[screen]}`);
      assert.equal(await page.locator("#check-in").count(), 0);
    });
  }

  site.try("a position that is refused is said, and the place is typed", { as: "admin", screen: "phone" }, async (page) => {
    const id = (await post(page, "/api/v1/visit", { purpose: "没有定位", account, planned_start: new Date().toISOString() })).id;
    await page.goto(`/visit/${id}/check-in`);
    await page.waitForSelector("text=请写下现在的地点");
    await page.click("#check-in-go");
    await page.waitForSelector("#ci-place-error");
    assert.deepEqual(await accessibility(page), []);
    await page.fill("#ci-place", "客户办公楼三层");
    await page.click("#check-in-go");
    await page.waitForURL(`**/visit/${id}`);
    assert.equal((await read(page, `/api/v1/visit/${id}`)).place, "客户办公楼三层");
    const odd = await page.request.post(`/api/v1/visit/${id}/check-in`, { headers: headers(), multipart: { latitude: "north" } });
    assert.equal(odd.status(), 422);
  });

  site.try("what it came to stands with the customer", { as: "admin", screen: "phone" }, async (page) => {
    await page.goto(`/visit/${visits.phone}`);
    await page.click("#step-done");
    await page.fill("[name=outcome]", "样品满意，月底前下单。");
    await page.click("button:has-text('移动')");
    await page.waitForURL(`**/visit/${visits.phone}`);
    await page.goto(`/account/${account}`);
    await page.waitForSelector("#timeline >> text=样品满意，月底前下单。");
    assert.ok((await read(page, `/api/v1/account/${account}`)).last_follow_up_at);
  });

  site.try("a month: by keys to another day, and undone", { as: "admin" }, async (page) => {
    await page.goto("/calendar");
    const entry = page.locator(`#d-${today()} .cal-entry:has-text('寄报价单')`);
    await entry.waitFor();
    await shot(page, "calendar-1-month-desktop");
    assert.deepEqual(await accessibility(page), []);
    await entry.focus();
    const right = today() < later(today(), 1) && (await page.locator(`#d-${later(today(), 1)}`).count()) > 0;
    await page.keyboard.press(right ? "Shift+ArrowRight" : "Shift+ArrowLeft");
    const there = later(today(), right ? 1 : -1);
    await page.waitForSelector(`#d-${there} .cal-entry:has-text('寄报价单')`);
    await page.waitForSelector(".toast:has-text('寄报价单')");
    const moved = (await read(page, `/api/v1/calendar?from=${there}&until=${later(there, 1)}&only=task.due`)).data;
    assert.equal(moved[0].start, `${there}T15:30:00+08:00`);
    await page.click(".toast a:has-text('撤销')");
    await page.waitForSelector(`#d-${today()} .cal-entry:has-text('寄报价单')`);
  });

  site.try("dragged, and dragged to an hour of a week", { as: "admin" }, async (page) => {
    await page.goto("/calendar?view=week");
    await page.waitForSelector(`#d-${today()} [data-hour="15"] .cal-entry:has-text('寄报价单')`);
    await shot(page, "calendar-2-week-desktop");
    assert.deepEqual(await accessibility(page), []);
    await page.dragAndDrop(`#d-${today()} .cal-entry:has-text('寄报价单')`, `#d-${today()} [data-hour="10"]`);
    await page.waitForSelector(".toast:has-text('寄报价单')");
    await page.waitForSelector(`#d-${today()} [data-hour="10"] .cal-entry:has-text('10:30')`);
    const moved = (await read(page, `/api/v1/calendar?from=${today()}&until=${later(today(), 1)}&only=task.due`)).data;
    assert.equal(moved[0].start, `${today()}T10:30:00+08:00`);
  });

  site.try("keys: pages, shapes, a day, something new", { as: "admin" }, async (page) => {
    await page.goto("/calendar?date=2031-05-05");
    await page.keyboard.press("w");
    await page.waitForURL("**view=week**");
    await page.keyboard.press("j");
    await page.waitForURL("**2031-05-12**");
    await page.keyboard.press("m");
    await page.waitForURL("**view=month**");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector("#d-2031-05-06:focus");
    await page.keyboard.press("n");
    await page.click(".sheet a:has-text('拜访')");
    await page.waitForSelector("[name=planned_start]");
    assert.match(await page.inputValue("[name=planned_start]"), /^2031-05-06T09:00/);
    await page.goto("/calendar");
    await page.keyboard.press("t");
    await page.waitForSelector(`#d-${today()}.today`);
  });

  site.try("three hundred on one day", { as: "admin", screen: "phone" }, async (page) => {
    for (let i = 0; i < 30; i += 1) {
      await Promise.all(Array.from({ length: 10 }, (_, j) => post(page, "/api/v1/task", { subject: `电话 ${i * 10 + j} ${"很长的事项名称".repeat(12)}`, due_at: "2031-06-10T09:30:00+08:00" })));
    }
    await page.goto("/calendar?date=2031-06-10");
    await page.click("#d-2031-06-10 .cal-more");
    await page.waitForURL("**view=day**");
    assert.equal(await page.locator("#d-2031-06-10 .cal-entry").count(), 300);
    assert.equal(await overflow(page), 0);
    await page.goto("/calendar");
    await shot(page, "calendar-3-agenda-phone", { fullPage: true });
    assert.deepEqual(await accessibility(page), []);
    assert.equal(await overflow(page), 0);
    await page.goto("/calendar?view=week");
    await shot(page, "calendar-4-week-phone", { fullPage: true });
    assert.equal(await overflow(page), 0);
  });

  site.try("on a phone a finger that rests on an entry moves it, one that scrolls does not", { as: "admin", screen: "phone" }, async (page) => {
    for (const [subject, due] of [["送样机", "2031-09-02T14:20:00+08:00"], ["催合同", "2031-09-04T09:00:00+08:00"]]) await post(page, "/api/v1/task", { subject, due_at: due });
    const due = async (day) => (await read(page, `/api/v1/calendar?from=${day}&until=${later(day, 1)}&only=task.due`)).data.map(({ title, start }) => `${title} ${start}`);
    await page.goto("/calendar?date=2031-09-01");
    const entry = page.locator(".cal-entry:has-text('送样机')");
    const client = await page.context().newCDPSession(page);
    const touch = (type, x, y) => client.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
    await entry.scrollIntoViewIfNeeded();
    const middle = async (place) => {
      const box = await place.boundingBox();
      return [box.x + 60, box.y + box.height / 2];
    };
    // a swipe over it moves nothing
    let [x, y] = await middle(entry);
    await touch("touchStart", x, y);
    for (const by of [30, 60, 90]) await touch("touchMove", x, y - by);
    await touch("touchEnd");
    assert.equal(await page.locator(".cal-ghost").count(), 0);
    assert.deepEqual(await due("2031-09-02"), ["送样机 2031-09-02T14:20:00+08:00"]);
    // at rest it is lifted; days without entries then stand between
    assert.equal(await page.locator("#d-2031-09-03").isVisible(), false);
    await page.waitForTimeout(300);
    [x, y] = await middle(entry);
    await touch("touchStart", x, y);
    await page.waitForSelector(".cal-ghost");
    // what comes in meanwhile waits until the finger has let go
    await post(page, "/api/v1/task", { subject: "寄合同", due_at: "2031-09-05T11:00:00+08:00" });
    await page.waitForTimeout(1500);
    assert.equal(await page.locator(".cal-entry:has-text('寄合同')").count(), 0);
    const [tx, ty] = await middle(page.locator("#d-2031-09-03"));
    for (const part of [0.3, 0.7, 1]) await touch("touchMove", x + (tx - x) * part, y + (ty - y) * part);
    await page.waitForSelector("#d-2031-09-03.over");
    await shot(page, "calendar-7-finger-phone");
    await touch("touchEnd");
    await page.waitForSelector(".toast:has-text('送样机')");
    await page.waitForSelector(".cal-entry:has-text('寄合同')");
    await page.waitForSelector("#d-2031-09-03:not(.empty-day) .cal-entry:has-text('送样机')");
    assert.deepEqual(await due("2031-09-03"), ["送样机 2031-09-03T14:20:00+08:00"]);
    assert.match(page.url(), /\/calendar\?/, "the tap that ended it opened nothing");
    await page.click(".toast a:has-text('撤销')");
    await page.waitForSelector("#d-2031-09-02 .cal-entry:has-text('送样机')");
    assert.deepEqual(await due("2031-09-02"), ["送样机 2031-09-02T14:20:00+08:00"]);
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`one colleague's calendar, ${screen}`, { as: "admin", screen }, async (page) => {
      const login = `qihang${screen}`;
      const [name, password] = [screen === "phone" ? "齐小航" : "齐大航", "zhike-rili-2026"];
      await makeUser(page, { name, login, password, role: "销售" });
      site.passwords[login] = password;
      const owner = (await read(page, `/api/v1/user?filter=${encodeURIComponent(`login == "${login}"`)}`)).data[0].id;
      await post(page, "/api/v1/task", { subject: `齐的回访 ${screen}`, owner, due_at: "2031-11-05T10:00:00+08:00" });
      await post(page, "/api/v1/task", { subject: "管理员自己的", due_at: "2031-11-05T11:00:00+08:00" });
      await page.goto("/calendar?date=2031-11-05");
      assert.equal(await page.locator(".cal-entry:has-text('齐的回访')").count(), 0);
      await pick(page, "#cal-owner", name);
      await page.waitForURL((url) => url.searchParams.get("owner") === owner);
      for (const shape of ["month", "week", "day"]) {
        await page.goto(`/calendar?date=2031-11-05&owner=${owner}`);
        await page.click(`#cal-head .seg a[href*="view=${shape}"]`);
        await page.waitForURL((url) => url.searchParams.get("view") === shape && url.searchParams.get("owner") === owner);
        await page.waitForSelector(`.cal-entry:has-text('齐的回访 ${screen}')`);
        assert.equal(await page.locator(".cal-entry:has-text('管理员自己的')").count(), 0, shape);
        assert.equal(await page.inputValue("#cal-owner"), name);
        assert.equal(await overflow(page), 0, shape);
        await shot(page, `calendar-8-colleague-${shape}`);
        assert.deepEqual(await accessibility(page), []);
      }
      const titles = async (query, who = page) => (await read(who, `/api/v1/calendar?from=2031-11-05&until=2031-11-06&${query}`)).data.map(({ title }) => title);
      assert.deepEqual(await titles(`owner=${owner}`), [`齐的回访 ${screen}`]);
      for (const wrong of ["owner=01890000-0000-7000-8000-000000000000", "owner=x", `owner=${owner}&whose=all`]) {
        assert.equal((await page.request.get(`/api/v1/calendar?from=2031-11-05&until=2031-11-06&${wrong}`)).status(), 422, wrong);
      }
      // back to one's own
      await page.locator("#cal-colleague .combo-clear").click();
      await page.waitForURL((url) => !url.searchParams.get("owner"));
      await page.waitForSelector(".cal-entry:has-text('管理员自己的')");
      // an address is no way past what a salesperson may see
      const { id: me } = await read(page, "/api/v1/me");
      const seller = await site.visit({ as: login, screen });
      await seller.goto(`/calendar?date=2031-11-05&owner=${me}`);
      await seller.waitForSelector("#cal-grid");
      assert.equal(await seller.locator(".cal-entry:has-text('管理员自己的')").count(), 0);
      assert.deepEqual(await titles(`owner=${me}`, seller), []);
      assert.deepEqual(seller.faults, []);
      await seller.context().close();
    });
  }

  site.try("a feed is made, read, renewed and taken back", { as: "admin" }, async (page) => {
    await page.goto("/settings#calendar-feed");
    await page.click("#feed-renew");
    const address = (await page.locator(".cal-address").textContent()).trim();
    await shot(page, "calendar-5-feed-desktop");
    assert.deepEqual(await accessibility(page), []);
    const stranger = async (url) => fetch(url);
    const answer = await stranger(address);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /^text\/calendar/);
    const text = await answer.text();
    assert.ok(text.includes("BEGIN:VEVENT") && text.replace(/\r\n /g, "").includes("SUMMARY:寄报价单"), text.slice(0, 400));
    assert.ok(text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
    assert.equal((await stranger(address.replace(/(.)\.ics$/, (_, last) => `${last === "0" ? "1" : "0"}.ics`))).status, 404);
    // it signs no request to the API
    const secret = address.split("/").pop().replace(".ics", "");
    assert.equal((await fetch(`${site.server.base}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } })).status, 401);
    await page.goto("/settings");
    assert.ok(!(await page.content()).includes(secret));
    await page.click("#feed-renew");
    const next = (await page.locator(".cal-address").textContent()).trim();
    assert.equal((await stranger(address)).status, 404);
    assert.equal((await stranger(next)).status, 200);
    await page.goto("/settings");
    await page.click("#feed-end");
    await page.waitForSelector(".toast:has-text('已作废')");
    assert.equal((await stranger(next)).status, 404);
  });

  site.try("the bell tells of what is near", { as: "admin", screen: "phone" }, async (page) => {
    await post(page, "/api/v1/visit", { purpose: "马上出发", account, planned_start: new Date(Date.now() + 30 * 60_000).toISOString() });
    await page.goto("/calendar");
    await page.waitForSelector("#bell .bell-count:not([hidden])");
    await page.click("#bell");
    await page.waitForSelector(".sheet >> text=马上出发");
    await shot(page, "calendar-6-bell-phone");
    assert.deepEqual(await accessibility(page), []);
    assert.ok((await read(page, "/api/v1/reminders")).data.some((one) => one.title === "马上出发"));
  });
});
