// Users and roles, made through the administrator's pages.

import assert from "node:assert/strict";

/**
 * Makes a role and leaves the page on the list of roles.
 * @param {Record<string, {read?: string, create?: boolean, change?: string, delete?: string, import?: boolean, export?: boolean}>} rights by object; scopes are own, department, below, all
 */
export async function makeRole(page, name, label, rights, { personal } = {}) {
  await page.goto("/admin/roles/new");
  await page.fill("#r-zh", label);
  await page.fill("#r-name", name);
  for (const [object, allowed] of Object.entries(rights)) {
    for (const [what, value] of Object.entries(allowed)) {
      const control = page.locator(`[name="${object}.${what}"]`);
      if (value === true) await control.check();
      else await control.selectOption(value);
    }
  }
  if (personal) await page.selectOption("#r-personal", personal);
  await page.click(".form-foot button.btn-primary");
  await page.waitForSelector(`tbody th:has-text("${label}"), h1:has-text("${label}")`);
}

/** Makes a user who can sign in with a role. */
export async function makeUser(page, { name, login, password, role, department }) {
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

/** Chooses a record in a reference's picker by typing a part of its name. */
export async function pick(page, field, text) {
  const picker = page.locator(`zk-pick:has(${field})`);
  await picker.locator("input[role=combobox]").fill(text);
  await page.locator(`[role=option]:has-text("${text}")`).first().click();
}
