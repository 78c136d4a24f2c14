// What every page does: keys, timers, live regions, focus that follows the work, menus that close.
import { watchKeys } from "./keys.js";
import { label } from "./keymap.js";
import { runClocks } from "./clock.js";
import { followLive } from "./live.js";
import { runSoftphone } from "./softphone.js";
import { keepPace } from "./pace.js";
import { offerHeadsetCheck } from "./headset.js";

let focused = null;

// A region names what deserves the focus; the same name twice leaves the focus where the person put it, unless what
// had it is gone: single keys act only where the focus is.
function placeFocus() {
  const wanted = document.querySelector("[data-focus]");
  const name = wanted?.dataset.focus ?? null;
  if (wanted && (name !== focused || document.activeElement === document.body)) wanted.focus({ preventScroll: true });
  focused = name;
}

// What was opened to be read while answering gives the focus back: the next key is an answer again.
function giveFocusBack(event) {
  if (event.target.closest?.("[data-keys-of]")) document.querySelector("[data-focus]")?.focus({ preventScroll: true });
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  closeMenus(null);
  menu?.querySelector("summary").focus();
});
document.addEventListener("toggle", giveFocusBack, true);
document.addEventListener("htmx:after:settle", placeFocus);
document.addEventListener("htmx:after:settle", () => label(document));
// What the page drew without htmx.
document.addEventListener("drawn", (event) => {
  label(event.target);
  placeFocus();
});

watchKeys(document);
runClocks(document);
followLive(document);
runSoftphone(document);
keepPace(document);
offerHeadsetCheck(document);
label(document);
placeFocus();
