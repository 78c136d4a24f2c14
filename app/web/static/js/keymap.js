// Which key does what: every key has a name of its own, and somebody may give it another place on their keyboard.
// Kept in the browser. Plain keys can be switched off altogether (WCAG 2.1.4).

const KEPT = "xiangyin-keys";
const OFF = "xiangyin-plain-keys-off";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

let moved = stored();
let plainOff = localStorage.getItem(OFF) === "yes";

// A long list of answers may need any digit or letter, so nothing else is moved there.
export const isChoice = (key) => /^[0-9A-Z]$/.test(key);
export const isPlain = (key) => /^[0-9A-Z?]$/.test(key) || key === "Backspace";
export const placeOf = (key) => moved[key] ?? key;
export const arePlainKeysOff = () => plainOff;

// From the key that was pressed to the one that is meant; empty where nothing is meant by it any more.
export function meaningOf(pressed) {
  const found = Object.keys(moved).find((key) => moved[key] === pressed);
  const meant = found ?? (pressed in moved ? "" : pressed);
  return plainOff && isPlain(meant) ? "" : meant;
}

// Returns the key that has this place already, if one has; then nothing changes.
export function move(key, pressed, all) {
  const other = all.find((one) => one !== key && placeOf(one) === pressed);
  if (other !== undefined) return other;
  moved = { ...moved, [key]: pressed };
  if (key === pressed) delete moved[key];
  localStorage.setItem(KEPT, JSON.stringify(moved));
  return undefined;
}

export function reset() {
  moved = {};
  localStorage.removeItem(KEPT);
}

export function switchPlainKeys(off) {
  plainOff = off;
  localStorage.setItem(OFF, off ? "yes" : "no");
}

const SIGNS = { "⌫": "Backspace" };

// Show every key where it is now.
export function label(root) {
  for (const mark of root.querySelectorAll("kbd")) {
    if (mark.dataset.own === undefined) mark.dataset.own = mark.textContent;
    const key = SIGNS[mark.dataset.own] ?? mark.dataset.own;
    const place = placeOf(key);
    mark.textContent = place === key ? mark.dataset.own : place;
    mark.hidden = plainOff && isPlain(key);
  }
}
