// Rows of a filter to CEL and back. Pure.
//
// A filter is `{join: "and"|"or", rows}`; a row is `{field, op, values: [string…]}`, or `{raw}`: a piece of CEL the rows cannot say.
import { arity, operatorsOf } from "./operators.js";
import { balanced, quote, splitAt, tokens, unwrap } from "./tokens.js";

const SIGN = { and: "&&", or: "||" };
/** More values than this in one `any`/`all` stay text. */
const MOST = 12;

/** Moves the decimal point: `shift("12.5", 2)` is `"1250"`. On text, so that no cent is lost. */
export function shift(number, places) {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(number.trim().replace(/[,，\s]/g, ""));
  if (!match || !(match[2] || match[3])) return null;
  const [, minus, whole, part = ""] = match;
  const digits = whole + part;
  const point = whole.length + places;
  const padded = digits.padEnd(Math.max(point, digits.length), "0").padStart(digits.length - Math.min(point, 0) + 1, "0");
  const cut = padded.length - Math.max(digits.length, point) + point;
  const left = padded.slice(0, cut).replace(/^0+(?=\d)/, "") || "0";
  const right = padded.slice(cut).replace(/0+$/, "");
  return `${minus}${left}${right ? `.${right}` : ""}`;
}

const template = (operator, count) => {
  const cel = count === 1 && operator.one ? operator.one : operator.cel;
  return typeof cel === "function" ? cel(count) : cel;
};

/** The values as given, or `null` where one is missing: half a condition is no condition. */
function complete(operator, values) {
  const wanted = arity(operator);
  const given = values.filter((value) => value !== "" && value != null);
  if (wanted === Infinity) return given.length ? given : null;
  return given.length >= wanted ? given.slice(0, wanted) : null;
}

function writeRow(row, fields) {
  if (row.raw !== undefined) return row.raw.trim() || null;
  const field = fields.find(({ name }) => name === row.field);
  const operator = field && operatorsOf(field).find(({ op }) => op === row.op);
  const values = operator && complete(operator, row.values);
  if (!values) return null;
  const scale = operator.input === "days" ? 0 : (field.scale ?? 0);
  const numbers = values.map((value) => shift(value, scale));
  const text = template(operator, values.length);
  if (/#\d/.test(text) && numbers.includes(null)) return null;
  return text.replace(/\$f|\$(\d+)|#(\d+)|\[\*\]/g, (hole, string, number) => {
    if (hole === "$f") return field.name;
    if (hole === "[*]") return `[${values.map(quote).join(", ")}]`;
    if (number !== undefined) return numbers[number];
    return quote(values[string]);
  });
}

/** The filter as CEL; rows that are not finished are left out. */
export function compose({ join, rows }, fields) {
  const pieces = rows.map((row) => writeRow(row, fields)).filter(Boolean);
  if (pieces.length === 1) return pieces[0];
  return pieces.map((piece) => (needsBrackets(piece) ? `(${piece})` : piece)).join(` ${SIGN[join]} `);
}

function needsBrackets(piece) {
  const list = tokens(piece);
  return !list || ["&&", "||", "?"].some((sign) => splitAt(list, sign).length > 1);
}

/** Walks a template and an expression side by side; the values in the holes, or `null`. */
function fill(text, list, name) {
  const parts = text.match(/\$f|\$\d+|#\d+|\[\*\]|[A-Za-z_]\w*|\d+|==|!=|<=|>=|&&|\|\||[^\s]/g);
  const values = [];
  let at = 0;
  const keep = (index, value) => {
    if (values[index] !== undefined && values[index] !== value) return false;
    values[index] = value;
    return true;
  };
  for (const part of parts) {
    const token = list[at];
    if (!token) return null;
    if (part === "$f") {
      if (token.kind !== "name" || token.value !== name) return null;
      at++;
    } else if (part[0] === "$") {
      if (token.kind !== "string" || !keep(part.slice(1), token.value)) return null;
      at++;
    } else if (part[0] === "#") {
      const minus = token.kind === "sign" && token.value === "-" ? 1 : 0;
      const number = list[at + minus];
      if (number?.kind !== "number" || !keep(part.slice(1), `${minus ? "-" : ""}${number.value}`)) return null;
      at += 1 + minus;
    } else if (part === "[*]") {
      if (token.value !== "[") return null;
      for (at++; list[at] && list[at].value !== "]"; at++) {
        if (list[at].kind === "string") values.push(list[at].value);
        else if (list[at].value !== ",") return null;
      }
      at++;
    } else {
      if (token.kind === "string" || token.value !== part) return null;
      at++;
    }
  }
  return at === list.length ? values : null;
}

function readOperator(operator, list, field) {
  const wanted = arity(operator);
  const counts = typeof operator.cel === "function" ? Array.from({ length: MOST }, (_, index) => index + 1) : operator.one ? [1, 2] : [wanted];
  for (const count of counts) {
    const values = fill(template(operator, count), list, field.name);
    if (!values) continue;
    const text = template(operator, count);
    return /#\d/.test(text) && operator.input !== "days" ? values.map((value) => shift(value, -(field.scale ?? 0))) : values;
  }
  return null;
}

function readRow(list, fields) {
  const inner = unwrap(list);
  const names = new Set(inner.filter(({ kind }) => kind === "name").map(({ value }) => value));
  for (const field of fields) {
    if (!names.has(field.name)) continue;
    for (const operator of operatorsOf(field)) {
      const values = readOperator(operator, inner, field);
      if (values) return { field: field.name, op: operator.op, values };
    }
  }
  return null;
}

/** CEL as rows. Pieces that no row can say are `{raw}`; `null` where the text is not whole (a bracket or a quote is open). */
export function parse(text, fields) {
  if (!text.trim()) return { join: "and", rows: [] };
  const list = tokens(text);
  if (!list?.length || !balanced(list) || splitAt(list, "?").length > 1) return null;
  const whole = readRow(list, fields);
  if (whole) return { join: "and", rows: [whole] };
  const inner = unwrap(list);
  const join = splitAt(inner, "||").length > 1 ? "or" : "and";
  const pieces = splitAt(inner, SIGN[join]);
  if (pieces.some((piece) => piece.length === 0)) return null;
  const rows = pieces.map((piece) => readRow(piece, fields) ?? { raw: text.slice(piece[0].start, piece.at(-1).end) });
  return { join, rows };
}
