// Users and roles: what most tests begin with.

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

/** Makes a user who can sign in with a role; people.test.mjs does it by the pages. */
export async function makeUser(page, { name, login, password, role, department }) {
  const headers = { origin: page.base };
  const said = async (answer) => {
    assert.ok(answer.ok(), `${answer.url()}: ${answer.status()} ${await answer.text()}`);
    return answer;
  };
  const read = async (path) => (await said(await page.request.get(path))).json();
  const data = { name, login };
  if (department) {
    const found = await read(`/api/v1/department?filter=${encodeURIComponent(`name == "${department}"`)}`);
    assert.equal(found.data.length, 1, department);
    data.department = found.data[0].id;
  }
  const { id } = await (await said(await page.request.post("/api/v1/user", { headers, data }))).json();
  const roles = (await read("/api/v1/roles")).data.filter(({ label }) => label.zh === role);
  assert.equal(roles.length, 1, role);
  await said(await page.request.put(`/api/v1/users/${id}/roles`, { headers, data: { roles: [roles[0].id] } }));
  await said(await page.request.post(`/admin/users/${id}/credential`, { headers, form: { login, password } }));
}

/** Chooses a record in a reference's picker by typing a part of its name. */
export async function pick(page, field, text) {
  const picker = page.locator(`zk-pick:has(${field})`);
  await picker.locator("input[role=combobox]").fill(text);
  await page.locator(`[role=option]:has-text("${text}")`).first().click();
}
