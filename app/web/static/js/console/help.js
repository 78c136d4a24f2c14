// "?": every key on one page, and the place to give it another one.
import { keyOf, pressed } from "../keys.js";
import { arePlainKeysOff, isChoice, label, meaningOf, move, reset, switchPlainKeys } from "../keymap.js";

const TEXT = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";

function onRow(dialog, button) {
  const said = dialog.querySelector("[data-said]");
  const all = [...dialog.querySelectorAll("[data-move]")].map((one) => one.dataset.move);
  said.textContent = said.dataset.press;
  button.addEventListener("keydown", function take(event) {
    if (event.isComposing || ["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    button.removeEventListener("keydown", take);
    const place = pressed(event) || (event.key.length === 1 ? event.key.toUpperCase() : "");
    if (event.key === "Escape" || !place || event.ctrlKey) said.textContent = "";
    else if (isChoice(place) && place !== button.dataset.move) said.textContent = said.dataset.answers;
    else said.textContent = move(button.dataset.move, place, all) === undefined ? said.dataset.done : said.dataset.taken;
    label(document);
  });
}

function open(dialog) {
  dialog.querySelector("[name=plain]").checked = !arePlainKeysOff();
  dialog.querySelector("[data-said]").textContent = "";
  dialog.showModal();
}

export function offerHelp() {
  const dialog = document.querySelector("#help");
  document.querySelector("[data-help]").addEventListener("click", () => open(dialog));
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) onRow(dialog, button);
  });
  dialog.querySelector("[data-reset]").addEventListener("click", () => {
    reset();
    label(document);
  });
  dialog.querySelector("[name=plain]").addEventListener("change", (event) => {
    switchPlainKeys(!event.target.checked);
    label(document);
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    const typed = (event.key ?? "").normalize("NFKC");
    if (typed.length !== 1 || event.isComposing || event.ctrlKey || event.altKey || event.target.matches?.(TEXT)) return;
    const place = typed === "?" ? "?" : keyOf(event);
    if (meaningOf(place) !== "?" || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open(dialog);
  });
}
