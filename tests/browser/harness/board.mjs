// Cards of a board, as the tests of all boards move them.

export const card = (page, id) => page.locator(`#c-${id}`);

/** Waits until the card stands in a column and nothing is under way with it. */
export const stands = (page, id, stage) => page.waitForSelector(`.board-column[data-stage="${stage}"] #c-${id}:not([aria-busy])`);

/** Opens a board and waits until its columns are counted. */
export async function counted(page, path) {
  await page.goto(path);
  await page.waitForFunction(() => [...document.querySelectorAll(".board-column [data-count]")].every(({ textContent }) => textContent));
}

/** Drags a card with the mouse to a stage's column. */
export const drag = (page, id, stage) => dragTo(page, id, page.locator(`.board-column[data-stage="${stage}"]`));

/** Drags a card with the mouse to a column. */
export async function dragTo(page, id, column) {
  await card(page, id).scrollIntoViewIfNeeded();
  const from = await card(page, id).boundingBox();
  const to = await column.boundingBox();
  await page.mouse.move(from.x + 40, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 40, { steps: 3 });
  await page.mouse.move(to.x + 60, to.y + 120, { steps: 5 });
  await page.mouse.up();
}
