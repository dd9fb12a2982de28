// The office: departments, users and roles made by the administrator, what each then sees, and the door with its locks.

import assert from "node:assert/strict";
import { accessibility, overflow, shot, signIn } from "./harness/browser.mjs";
import { makeRole, pick } from "./harness/people.mjs";
import { suite } from "./harness/suite.mjs";

const password = "correct horse battery";
const department = "青岛办事处";

/** Makes a user who can sign in with a role, by the pages. */
async function makeUser(page, { name, login, password, role, department }) {
  await page.goto("/user/new?_next=/admin/users");
  await page.fill("#f-name", name);
  await page.fill("#f-login", login);
  if (department) await pick(page, "#f-department", department);
  await page.click(".form-foot button.btn-primary");
  await page.click(`tbody th a:has-text("${name}")`);
  await page.getByLabel(role, { exact: true }).check();
  await page.click('form[action$="/roles"] button.btn-primary');
  await page.waitForSelector(".toast:has-text('已保存')");
  assert.equal(await page.inputValue("#c-login"), login);
  await page.fill("#c-password", password);
  await page.click('form[action$="/credential"] button.btn-primary');
  await page.waitForSelector(".toast:has-text('已设置')");
}

async function trySignIn(page, login, word) {
  await page.goto("/signin");
  await page.fill("#login", login);
  await page.fill("#password", word);
  await page.press("#password", "Enter");
  await page.waitForLoadState("load");
}

suite("the office", (site) => {
  Object.assign(site.passwords, { wangfang: password, lilei: password });

  site.try("the administrator makes a department, a role and two users", { as: "admin" }, async (page) => {
    await page.goto("/admin/departments");
    await page.click("text=新建部门");
    const sheet = page.locator("dialog[open]");
    await sheet.locator("#s-name").fill(department);
    await sheet.locator("button.btn-primary").click();
    await page.waitForSelector(`.tree th:has-text("${department}")`);
    await shot(page, "people-1-departments");

    const rights = { read: "own", create: true, change: "own" };
    await makeRole(page, "junior", "见习销售", { account: rights, contact: { ...rights }, interaction: { read: "own", create: true, change: "own" }, task: rights });
    await page.goto("/admin/roles");
    await shot(page, "people-2-roles");
    await makeUser(page, { name: "王芳", login: "wangfang", password, role: "见习销售", department });
    await makeUser(page, { name: "李雷", login: "lilei", password, role: "见习销售", department });
    await page.goto("/admin/users");
    await page.waitForSelector('tbody tr:has-text("王芳"):has-text("青岛办事处"):has-text("见习销售")');
    await shot(page, "people-3-users");
  });

  site.try("who has a narrow role sees their own and nothing of the administrator's", { as: "wangfang" }, async (page) => {
    await page.goto("/account");
    await page.waitForSelector(".empty >> text=还没有客户");
    const offered = await page.locator(".page-head .btn").allInnerTexts();
    assert.deepEqual(offered.filter((text) => /导入|导出/.test(text)), []);
    const rail = await page.locator(".rail a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.deepEqual(rail.filter((path) => path.startsWith("/admin") || path === "/user"), []);
    for (const path of ["/admin/users", "/admin/roles", "/admin/departments", "/imports/new", "/user"]) {
      const answer = await page.goto(path);
      assert.ok([403, 404].includes(answer.status()), `${path}: ${answer.status()}`);
    }
    await shot(page, "people-4-forbidden");
    await page.goto("/search?q=%E5%85%AC%E5%8F%B8");
    await page.waitForSelector(".empty >> text=没有找到");

    await page.goto("/account/new");
    await page.fill("#f-name", "王芳自己的客户");
    await page.click(".form-foot button.btn-primary");
    await page.waitForSelector("main.record");
    const path = new URL(page.url()).pathname;
    await page.goto("/account");
    assert.equal(await page.locator("tbody tr[data-id]").count(), 1);
    await shot(page, "people-5-own");

    const other = await site.visit({ as: "lilei" });
    assert.equal((await other.goto(path)).status(), 404, "a colleague's record does not exist");
    assert.equal((await other.request.get(`/api/v1${path}`)).status(), 404);
    assert.deepEqual(other.faults, []);
    await other.context().close();
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`a colleague's change appears on an open page, ${screen}`, { as: "wangfang", screen }, async (page) => {
      await page.goto("/account");
      const path = await page.getAttribute("tbody tr[data-id]", "data-href");
      const listening = page.waitForResponse(/\/events$/);
      await page.goto(path);
      await listening;
      // A second tab hears of it through the first.
      const list = await page.context().newPage();
      await list.goto("/account");
      const admin = await site.visit({ as: "admin" });
      await admin.goto(path);
      const industry = `造船 ${screen}`;
      await admin.locator('.fact[data-field="industry"] dd').first().click();
      await admin.fill('.fact[data-field="industry"] input.input', industry);
      await admin.keyboard.press("Enter");
      await page.waitForSelector(`.fact[data-field="industry"]:has-text("${industry}")`);
      await page.waitForSelector(`#timeline >> text=${industry}`);
      await list.waitForSelector(`tbody td[data-label="行业"]:has-text("${industry}")`);
      // Not over what is being typed: a message says so instead.
      if (screen === "desktop") {
        await page.locator('.fact[data-field="website"] dd').first().click();
        await page.fill('.fact[data-field="website"] input.input', "half.example");
        await admin.locator('.fact[data-field="industry"] dd').first().click();
        await admin.fill('.fact[data-field="industry"] input.input', "渔业");
        await admin.keyboard.press("Enter");
        await page.waitForSelector(".toast:has-text('刚刚更新了这条记录')");
        assert.equal(await page.inputValue('.fact[data-field="website"] input.input'), "half.example");
        await shot(page, "people-6-live");
      }
      assert.deepEqual(admin.faults, []);
      await admin.context().close();
    });
  }

  site.try("a colleague's new record is announced above an open list, and stands in it after a click", { as: "wangfang" }, async (page) => {
    const open = async (path) => {
      const listening = page.waitForResponse(/\/events$/);
      await page.goto(path);
      await listening;
    };
    const me = await (await page.request.get("/api/v1/me")).json();
    const admin = await site.visit({ as: "admin" });
    const make = async (data) => assert.equal((await admin.request.post("/api/v1/account", { data: { owner: me.id, ...data }, headers: { origin: site.server.base } })).status(), 201);
    await open("/account");
    await make({ name: "新来的海风公司" });
    await page.waitForSelector("[data-news]:has-text('1 条新记录')");
    assert.equal(await page.locator("tbody tr:has-text('新来的海风公司')").count(), 0, "the list does not move under the reader");
    await shot(page, "people-7-news");
    await page.click("[data-news] a");
    await page.waitForSelector("tbody tr:has-text('新来的海风公司')");
    assert.equal(await page.locator("[data-news]").isVisible(), false);
    // What the filter does not find is not announced.
    await open(`/account?filter=${encodeURIComponent('level == "A"')}`);
    await make({ name: "不重要的公司", level: "C" });
    await make({ name: "重要的公司", level: "A" });
    await page.waitForSelector("[data-news]:has-text('1 条新记录')");
    // Nor what is not theirs to see.
    await make({ name: "别人的公司", level: "A", owner: null, department: null });
    await page.waitForTimeout(2_000);
    assert.match(await page.textContent("[data-news]"), /1 条新记录/);
    await admin.context().close();
  });

  site.try("a changed role holds at once", { as: "admin" }, async (page) => {
    await page.goto("/admin/roles");
    await page.click("tbody th a:has-text('见习销售')");
    await page.selectOption('[name="account.read"]', "all");
    await page.click(".form-foot button.btn-primary");
    await page.waitForSelector(".toast");
    const reader = await site.visit({ as: "lilei" });
    await reader.goto("/account");
    await reader.waitForSelector("tbody tr[data-id]");
    assert.ok((await reader.locator("tbody tr[data-id]").count()) > 10);
    await reader.context().close();
  });

  for (const screen of ["desktop", "phone"]) {
    site.try(`the audit says who did what in words, ${screen}`, { as: "admin", screen }, async (page) => {
      const users = await (await page.request.get(`/api/v1/user?filter=${encodeURIComponent('name == "李雷"')}`)).json();
      const ask = async (method, path, data) => {
        const answer = await page.request.fetch(`/api/v1${path}`, { method, data, headers: { origin: site.server.base } });
        assert.ok(answer.ok(), `${method} ${path}: ${answer.status()}`);
        return method === "DELETE" ? null : answer.json();
      };
      // names unlike each other: nothing here is about duplicates
      const [long, short] = screen === "desktop" ? ["沂蒙山区果品加工", "留不住的纺织厂"] : ["渤海湾远洋捕捞", "散伙的面馆"];
      const made = await ask("POST", "/account", { name: long.repeat(14), industry: "纺织", level: "A", remark: "旧".repeat(300) });
      await ask("PATCH", `/account/${made.id}`, { industry: "化工", level: "B", remark: "新", status: "active", owner: users.data[0].id });
      const gone = await ask("POST", "/account", { name: short });
      await ask("DELETE", `/account/${gone.id}`);
      await page.goto("/bin?object=account");
      await page.locator(`tbody tr:has-text("${short}")`).locator("text=彻底删除").click();
      await page.locator("dialog[open] button.btn-danger").click();
      await page.waitForSelector(".toast:has-text('已彻底删除')");

      const sane = async (where) => {
        assert.equal(await overflow(page), 0, where);
        if (site.looks) assert.deepEqual(await accessibility(page), [], where);
        assert.doesNotMatch(await page.innerText("main"), /[0-9a-f]{8}-[0-9a-f]{4}-/, `${where}: an id is no name`);
      };
      await page.goto("/admin/audit");
      await sane("the audit");
      await shot(page, "people-9-audit");
      await page.selectOption("#audit-object", "account");
      await page.selectOption("#audit-action", "change");
      await page.click(".audit-filter button.btn-primary");
      const change = page.locator(`#audit-rows tr:has(a[href="/account/${made.id}"])`);
      assert.equal(await change.count(), 1);
      assert.match(await change.innerText(), /纺织[\s→]*化工/);
      assert.equal(await change.locator(".diff-line > div").count(), 4);
      await change.locator("summary:has-text('还有')").click();
      await change.locator(`details a[href="/user/${users.data[0].id}"]:has-text("李雷")`).waitFor();
      await sane("unfolded");
      await shot(page, "people-10-audit-change");
      await page.goto("/admin/audit?action=purge");
      assert.match(await page.locator("#audit-rows tr").first().innerText(), /彻底删除[\s\S]*客户\s+已彻底删除/);
      await page.goto("/admin/audit?action=sign-in");
      assert.doesNotMatch(await page.innerText("#audit-rows"), /系统/, "who signs in has a name");
      await sane("sign-ins");
      await page.goto("/admin/audit?from=2001-01-01&until=2001-12-31");
      await page.waitForSelector(".empty >> text=没有符合条件的记录");
      await sane("nothing");
      await page.click(".empty .btn");
      assert.equal(await page.locator("#audit-rows tr").count(), 50);
      await page.click("#audit-more a");
      await page.waitForFunction(() => document.querySelectorAll("#audit-rows > tr").length === 100);
      await sane("earlier");
      // the record's own story says it the same way
      await page.goto(`/account/${made.id}?tab=history`);
      await page.waitForSelector('#timeline .diff a:has-text("李雷")');
      await sane("history");
    });
  }

  site.try("the audit is asked without scripts", { as: "admin", javaScript: false }, async (page) => {
    await page.goto("/admin/audit");
    await page.selectOption("#audit-user", { label: "李雷" });
    await page.selectOption("#audit-action", "sign-in");
    await page.click(".audit-filter button.btn-primary");
    const rows = page.locator("#audit-rows tr");
    assert.ok((await rows.count()) > 0);
    for (const text of await rows.allInnerTexts()) assert.match(text, /李雷/);
    await page.goto("/admin/audit");
    const last = await rows.last().getAttribute("id");
    await page.click("#audit-more a");
    assert.ok(Number((await rows.first().getAttribute("id")).slice(6)) < Number(last.slice(6)));
  });

  site.try("a wrong password is refused in words; the fifth closes the door for a while", {}, async (page) => {
    for (let time = 1; time <= 5; time++) {
      await trySignIn(page, "lilei", "wrong");
      await page.waitForSelector(`[role=alert] >> text=${time < 5 ? "登录名或密码不对" : "密码"}`);
    }
    await trySignIn(page, "lilei", password);
    await page.waitForSelector("[role=alert] >> text=密码错误次数太多");
    await shot(page, "people-7-locked");
    // The next one at the same desk may come in.
    await signIn(page, "wangfang", password);
  });

  site.try("one signs out everywhere else", {}, async (page) => {
    await signIn(page, "wangfang", password);
    const other = await site.visit();
    await signIn(other, "wangfang", password);
    await page.goto("/settings");
    await page.click("text=退出其他全部设备");
    await page.waitForSelector(".toast:has-text('其他设备')");
    await shot(page, "people-8-settings");
    await other.goto("/account");
    assert.match(other.url(), /\/signin/);
    await page.goto("/account");
    assert.doesNotMatch(page.url(), /\/signin/);
    await other.context().close();
  });

  site.try("who is switched off is out at once", { as: "admin" }, async (page) => {
    const gone = await site.visit();
    await signIn(gone, "wangfang", password);
    await page.goto("/admin/users");
    await page.click('tbody th a:has-text("王芳")');
    await page.locator('input[name="active"][type=checkbox]').uncheck();
    await page.click('form[action$="/roles"] button.btn-primary');
    await page.waitForSelector(".toast:has-text('已保存')");
    await gone.goto("/account");
    assert.match(gone.url(), /\/signin/);
    await trySignIn(gone, "wangfang", password);
    await gone.waitForSelector("[role=alert]");
    await gone.context().close();
  });
}, { customers: 40 });
