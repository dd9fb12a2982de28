// What a new record takes over from others, in its form: a line's price from the product. What somebody typed over it stays, until the
// form names another product.

/** What was put into each control. */
const put = new WeakMap();

document.addEventListener("zk-taken", ({ target, detail: { values, again } }) => {
  const form = target.closest("form");
  for (const [name, value, label] of form ? values : []) {
    const control = form.elements[name];
    if (!(control instanceof HTMLElement) || control.value === value) continue;
    const standing = name.endsWith("_currency") ? form.elements[name.replace(/_currency$/, "")] : control;
    const own = standing.value && put.get(standing) !== standing.value;
    if (own && (!again || !value)) continue;
    if (control.options && ![...control.options].some((option) => option.value === value)) control.add(new Option(label ?? value, value));
    control.value = value;
    put.set(control, value);
    for (const event of ["zk-set", "input"]) control.dispatchEvent(new CustomEvent(event, { bubbles: true }));
  }
});
