// Ctrl+K: everything that can be done now, by its name. It offers what the page itself offers, so nothing is said twice.

const OFFERED = "#desk button, #desk select[data-key], #desk input[data-key]:not([type=radio], [type=checkbox]), .top a[href], .top button";

function wordsOf(element) {
  const named = element.getAttribute("aria-label") ?? "";
  const text = named || (element.matches("select, input") ? element.labels?.[0] : element)?.cloneNode(true);
  if (typeof text === "string") return text;
  for (const mark of text?.querySelectorAll("kbd, svg") ?? []) mark.remove();
  return (text?.textContent ?? "").replace(/\s+/g, " ").trim();
}

function isThere(element) {
  return !element.disabled && !element.closest("dialog, #undo") && element.getAttribute("aria-hidden") !== "true" &&
    (element.getClientRects().length > 0 || element.closest("details.menu") !== null);
}

function offers() {
  const seen = new Set();
  return [...document.querySelectorAll(OFFERED)].filter(isThere).flatMap((element) => {
    const words = wordsOf(element);
    if (!words || seen.has(words)) return [];
    seen.add(words);
    return [{ element, words, key: element.dataset.key ?? "" }];
  });
}

const plain = (text) => text.normalize("NFKC").toLowerCase();

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.field = dialog.querySelector("input");
    this.list = dialog.querySelector("[role=listbox]");
    this.found = [];
    this.chosen = 0;
    this.before = null;
    this.field.addEventListener("input", () => this.show());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.run(Number(row.dataset.place));
    });
  }

  open() {
    this.before = document.activeElement;
    this.offered = offers();
    this.field.value = "";
    this.dialog.showModal();
    this.show();
  }

  show() {
    const wanted = plain(this.field.value.trim());
    this.found = this.offered.filter((offer) => plain(offer.words).includes(wanted));
    this.chosen = 0;
    this.list.replaceChildren(...this.found.map((offer, place) => this.row(offer, place)));
    this.dialog.querySelector("[data-none]").hidden = this.found.length > 0;
    this.mark();
  }

  row(offer, place) {
    const row = document.createElement("li");
    row.id = `palette-${place}`;
    row.dataset.place = place;
    row.setAttribute("role", "option");
    const words = document.createElement("span");
    words.textContent = offer.words;
    row.append(words);
    if (offer.key) {
      const key = document.createElement("kbd");
      key.textContent = offer.key;
      key.setAttribute("aria-hidden", "true");
      row.append(key);
    }
    return row;
  }

  mark() {
    for (const row of this.list.children) {
      const isChosen = Number(row.dataset.place) === this.chosen;
      row.setAttribute("aria-selected", String(isChosen));
      if (isChosen) row.scrollIntoView({ block: "nearest" });
    }
    if (this.found.length) this.field.setAttribute("aria-activedescendant", `palette-${this.chosen}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.run(this.chosen);
    }
  }

  run(place) {
    const offer = this.found[place];
    if (!offer) return;
    this.dialog.close();
    this.before?.focus?.();
    if (!offer.element.isConnected) return;
    if (offer.element.matches("select, input")) offer.element.focus();
    else offer.element.click();
  }
}

export function offerPalette() {
  const dialog = document.querySelector("#palette");
  const palette = new Palette(dialog);
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyK" || !event.ctrlKey || event.altKey || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) palette.open();
  });
}
