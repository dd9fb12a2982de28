// The API with the page's own session: what a test needs to be there already.

import assert from "node:assert/strict";

export async function post(page, path, data, status = 201) {
  const answer = await page.request.post(path, { headers: { origin: page.base }, data });
  assert.equal(answer.status(), status, await answer.text());
  return answer.json();
}

export const read = async (page, path) => (await page.request.get(path)).json();
