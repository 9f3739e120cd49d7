// Keeps the open page true: the server renders what changed, this puts it in place.
const byId = (id) => document.getElementById(id);
const late = new Map(); // parts that the reader's focus is in: they wait until it leaves
const SILENCE_MS = 60_000; // the server says something every 20 s
let silence;

function connected(yes) {
  const line = byId("connection");
  const text = yes ? "" : line.dataset.lost;
  if (line.textContent !== text) line.textContent = text;
}

function show(id, html) {
  const old = byId(id);
  if (old.contains(document.activeElement)) return late.set(id, html);
  late.delete(id);
  const box = document.createElement("template");
  box.innerHTML = html;
  const known = new Set([...old.querySelectorAll("[data-mark]")].map((row) => row.dataset.mark));
  for (const row of box.content.querySelectorAll("[data-mark]"))
    row.classList.toggle("changed", !known.has(row.dataset.mark));
  old.replaceWith(box.content);
}

function listen() {
  const stream = new EventSource(document.querySelector('meta[name="kaiku-events"]').content);
  const again = () => (stream.close(), connected(false), setTimeout(listen, 5000));
  const heard = () => (clearTimeout(silence), (silence = setTimeout(again, SILENCE_MS)), connected(true));
  stream.onmessage = ({ data }) => {
    heard();
    for (const [id, html] of Object.entries(JSON.parse(data))) show(id, html);
  };
  stream.onerror = () => {
    connected(false);
    if (stream.readyState === EventSource.CLOSED) clearTimeout(silence), again();
  };
}

// Where the chart is wider than its card, the present hour is what the reader came for.
function showPresentHour() {
  const hour = document.querySelector("#hours .now");
  const area = hour?.closest(".scroll");
  if (area) area.scrollLeft += hour.getBoundingClientRect().right - area.getBoundingClientRect().right + 24;
}

showPresentHour();
addEventListener("focusout", () => setTimeout(() => late.forEach((html, id) => show(id, html))));
listen();
