// Timers and local times: <time data-since="2026-11-23T02:00:00Z">, <time data-zone="Asia/Urumqi">.
// Time is the server's: the page says when it was rendered, so a wrong clock on the desk changes nothing.

const SECOND = 1000;
const formats = new Map();

export function elapsed(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

function zoned(zone, language) {
  const name = `${language}/${zone}`;
  if (!formats.has(name)) {
    const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    formats.set(name, new Intl.DateTimeFormat(language, shape));
  }
  return formats.get(name);
}

export function runClocks(root) {
  const lead = Date.parse(root.documentElement.dataset.now) - Date.now();
  const language = root.documentElement.lang;
  const tick = () => {
    const now = Date.now() + lead;
    for (const timer of root.querySelectorAll("time[data-since]")) {
      timer.textContent = elapsed(now - Date.parse(timer.dataset.since));
    }
    for (const place of root.querySelectorAll("time[data-zone]")) {
      place.textContent = zoned(place.dataset.zone, language).format(now);
    }
  };
  if (Number.isNaN(lead)) return;
  tick();
  setInterval(tick, SECOND);
  root.addEventListener("htmx:after:swap", tick);
}
