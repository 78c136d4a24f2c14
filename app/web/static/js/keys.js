// Keys on buttons and choices: <button data-key="F2">, <input data-key="3"> inside [data-key-scope].
// A key without a modifier that is not a function key acts only while the focus is inside its scope (WCAG 2.1.4),
// by its place on the keyboard, never while an input method is composing and never in a text field.
// Keys with Alt, such as data-key="Alt+1", act everywhere, like function keys. keymap.js says what was moved where.
import { meaningOf } from "./keymap.js";
import { ready } from "./ready.js";

const NAMED = new Set(["Enter", "Backspace", "Escape", "PageUp", "PageDown"]);
const TEXT = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";

export function keyOf(event) {
  if (/^F\d+$/.test(event.code) || NAMED.has(event.code)) return event.code;
  if (event.code === "NumpadEnter") return "Enter";
  const placed = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(event.code);
  if (placed) return placed[1];
  // Screen keyboards send no code; full-width digits of a Chinese input method become plain ones.
  const typed = (event.key ?? "").normalize("NFKC").toUpperCase();
  return /^[0-9A-Z]$/.test(typed) ? typed : "";
}

// What was pressed, with Alt where it was held.
export function pressed(event) {
  const key = keyOf(event);
  if (!event.altKey) return key;
  return /^[0-9A-Z]$/.test(key) ? `Alt+${key}` : "";
}

// What stands beside a scope may belong to it all the same: <div data-keys-of=".spoken">.
function isWithin(scope, target) {
  const beside = target.closest("[data-keys-of]")?.dataset.keysOf;
  return scope.contains(target) || (beside !== undefined && scope.matches(beside));
}

export function mayAct(event, element) {
  const scope = element.closest("[data-key-scope]");
  if (!scope || /^(F\d+$|Alt\+)/.test(element.dataset.key)) return true;
  if (!isWithin(scope, event.target)) return false;
  const key = element.dataset.key;
  if (key === "Enter" && event.target.matches("summary")) return false;
  if (!event.target.matches(TEXT)) return true;
  if (key === "Enter") return event.ctrlKey || !event.target.matches("textarea");
  // A number has no letters, so D and R keep their meaning while one is typed.
  return event.target.matches("[data-letters-act]") && /^[A-Z]$/.test(key);
}

function isUsable(element) {
  return !element.disabled && element.getClientRects().length > 0;
}

function activate(element) {
  const other = element.dataset.focusOn;
  if (other) document.querySelector(other)?.focus();
  else if (element.matches("input[type=text], input:not([type]), textarea, [data-key-focus]")) element.focus();
  else element.click();
}

// Out of the text and back to the question, where single keys act again.
function leaveText(field) {
  if (field.matches(TEXT)) field.closest("[data-key-scope]")?.focus();
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.repeat) return;
  if (event.metaKey || document.querySelector("dialog[open]")) return;
  const key = meaningOf(pressed(event));
  if (!key || (event.ctrlKey && key !== "Enter")) return;
  if (key === "Escape") return leaveText(event.target);
  const elements = [...event.currentTarget.querySelectorAll(`[data-key="${key}"]`)];
  const element = elements.find((one) => isUsable(one) && mayAct(event, one));
  if (!element) return;
  event.preventDefault();
  ready.then(() => activate(element));
}

export function watchKeys(root) {
  root.addEventListener("keydown", onKey);
}
