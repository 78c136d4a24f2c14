// A case that is dialled by itself: the page counts the seconds down and asks the server, which alone decides.
import { ready } from "./ready.js";

const SECOND = 1000;
const TICK = 250;
const AGAIN_SECONDS = 1;

// <form id="pace"><span data-dials-in="12.5" data-dials-case="7"></span></form>, and [data-countdown] for people.
class Pace {
  constructor(root) {
    this.root = root;
    this.drawn = null;
    this.due = Infinity;
  }

  // The desk was drawn anew: the server has said again how long it takes.
  follow() {
    const mark = this.root.querySelector("[data-dials-in]");
    const said = mark && `${mark.dataset.dialsCase}:${mark.dataset.dialsIn}`;
    if (said !== this.drawn) this.due = mark ? performance.now() + Number(mark.dataset.dialsIn) * SECOND : Infinity;
    this.drawn = said;
    this.tick();
  }

  tick() {
    const left = this.due - performance.now();
    const shown = this.root.querySelector("[data-countdown]");
    if (shown && Number.isFinite(left)) shown.textContent = String(Math.max(0, Math.ceil(left / SECOND)));
    // Whoever is writing why the case is skipped is let finish.
    if (left > 0 || this.root.querySelector("#why")?.value) return;
    this.due = performance.now() + AGAIN_SECONDS * SECOND;
    this.root.querySelector("#pace")?.requestSubmit();
  }
}

export function keepPace(root) {
  if (!root.querySelector("#desk")) return;
  const pace = new Pace(root);
  // After the swap and not when it settles: only then has htmx taken the new form over.
  root.addEventListener("htmx:after:swap", () => pace.follow());
  ready.then(() => {
    setInterval(() => pace.tick(), TICK);
    pace.follow();
  });
}
