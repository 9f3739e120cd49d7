// Draws a picture of state.js. Decides nothing, keeps nothing.

const root = document.documentElement;
const byId = (id) => document.getElementById(id);

export function draw({ language, panel, title, time, look, entry, lines, keys }) {
  root.lang = language;
  if (root.dataset.panel !== panel) document.activeElement?.blur(); // the next key there means something else
  root.dataset.panel = panel;
  root.dataset.look = look;
  write(byId("title"), title);
  write(byId("time"), time);
  write(byId("entry"), entry);
  fill(byId("lines"), lines, "li", drawLine);
  fill(byId("keys"), keys, "button", drawKey);
}

function drawLine(line, { text, time = "", kind = "" }) {
  line.className = `told ${kind}`.trim();
  write(line, time ? `${time} ${text}` : text);
}

// Keys are changed in place, so that one keeps the focus when its words change.
function drawKey(button, { press, value, text, name, off, main }) {
  button.type = "button";
  button.dataset.press = press;
  button.dataset.value = value ?? "";
  button.disabled = Boolean(off);
  button.classList.toggle("main", Boolean(main));
  if (name === null) button.removeAttribute("aria-label");
  else button.setAttribute("aria-label", name);
  write(button, text);
}

function fill(group, items, kind, drawOne) {
  while (group.children.length > items.length) group.lastElementChild.remove();
  while (group.children.length < items.length) group.append(document.createElement(kind));
  items.forEach((item, index) => drawOne(group.children[index], item));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text; // an equal text is not announced again
}
