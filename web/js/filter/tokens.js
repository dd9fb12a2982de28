// CEL cut into tokens: enough to recognise what the filter builder itself writes.

const PATTERN = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|&&|\|\||[-<>!()[\],.+*/%?:{}]))/y;
const ESCAPES = { n: "\n", t: "\t", r: "\r" };

/** A string as CEL writes it. JSON's escapes are a subset of CEL's. */
export const quote = (text) => JSON.stringify(String(text));

const unquote = (text) => text.slice(1, -1).replace(/\\u([0-9a-fA-F]{4})|\\(.)/g, (_, hex, letter) => (hex ? String.fromCharCode(parseInt(hex, 16)) : (ESCAPES[letter] ?? letter)));

/** Tokens `{kind: string|number|name|sign, value, start, end}`, or `null` where the text is not CEL. */
export function tokens(text) {
  const found = [];
  PATTERN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (PATTERN.lastIndex < end) {
    const match = PATTERN.exec(text);
    if (!match) return null;
    const [whole, string, number, name, sign] = match;
    const start = PATTERN.lastIndex - whole.trimStart().length;
    const at = { start, end: PATTERN.lastIndex };
    if (string !== undefined) found.push({ kind: "string", value: unquote(string), ...at });
    else if (number !== undefined) found.push({ kind: "number", value: number, ...at });
    else if (name !== undefined) found.push({ kind: "name", value: name, ...at });
    else found.push({ kind: "sign", value: sign, ...at });
  }
  return found;
}

const OPEN = "([{";
const CLOSE = ")]}";

/** Whether every bracket is closed by its own kind. */
export function balanced(list) {
  const open = [];
  for (const { kind, value } of list) {
    if (kind !== "sign") continue;
    if (OPEN.includes(value)) open.push(value);
    else if (CLOSE.includes(value) && open.pop() !== OPEN[CLOSE.indexOf(value)]) return false;
  }
  return open.length === 0;
}

/** Cuts at a sign (`&&`, `||`) that stands outside all brackets. */
export function splitAt(list, sign) {
  const pieces = [[]];
  let depth = 0;
  for (const token of list) {
    if (token.kind === "sign") {
      if (OPEN.includes(token.value)) depth++;
      else if (CLOSE.includes(token.value)) depth--;
      else if (depth === 0 && token.value === sign) {
        pieces.push([]);
        continue;
      }
    }
    pieces.at(-1).push(token);
  }
  return pieces;
}

/** Takes away brackets that hold the whole: `(a && b)` is `a && b`, `(a) && (b)` stays. */
export function unwrap(list) {
  let depth = 0;
  for (const [index, { kind, value }] of list.entries()) {
    if (kind === "sign" && value === "(") depth++;
    if (kind === "sign" && value === ")") depth--;
    if (depth === 0 && index < list.length - 1) return list;
  }
  return list.length > 2 && list[0].value === "(" && list[0].kind === "sign" ? unwrap(list.slice(1, -1)) : list;
}
