// Draws a picture of state.js. Decides nothing, keeps nothing.

import { fit } from "./fit.js";

const root = document.documentElement;
const byId = (id) => document.getElementById(id);

export function draw(picture) {
  leaveNoFocus(picture);
  if (root.lang !== picture.language) root.lang = picture.language; // or all styles are computed anew
  root.dataset.state = picture.state;
  root.dataset.look = picture.look;
  root.dataset.size = picture.size;
  root.dataset.contrast = picture.contrast ? "high" : "normal";
  root.toggleAttribute("data-asks", picture.keys.length > 0);
  drawHurry(byId("hurry"), picture.hurry);
  write(byId("headline"), picture.texts.headline);
  write(byId("text"), picture.texts.text);
  write(byId("label"), picture.texts.label);
  write(byId("digit"), picture.digit === null ? "" : String(picture.digit));
  drawKeys(byId("keys"), picture);
  drawBar(picture);
  fit(picture);
}

// What one visitor left with the focus is not what the next one means by Enter.
function leaveNoFocus({ state, visitor }) {
  const left = root.dataset.visitor && root.dataset.visitor !== String(visitor);
  if (left || (state === "idle" && root.dataset.state !== "idle")) document.activeElement?.blur();
  root.dataset.visitor = visitor ?? "";
}

// Keys are changed in place, so that a key keeps the focus when its number changes.
function drawKeys(group, { keys, group: what }) {
  name(group, what);
  while (group.children.length > keys.length) group.lastElementChild.remove();
  while (group.children.length < keys.length) group.append(newKey());
  keys.forEach((key, index) => {
    const button = group.children[index];
    button.dataset.press = key.press;
    button.dataset.value = key.value ?? "";
    button.setAttribute("aria-pressed", key.chosen);
    name(button, key.name);
    write(button, key.text);
  });
}

// The bar begins anew with each message that says so, and only then.
function drawHurry(place, hurry) {
  root.toggleAttribute("data-hurry", hurry !== null);
  if (place.dataset.message === String(hurry?.message)) return;
  place.dataset.message = hurry?.message;
  place.replaceChildren();
  if (hurry === null) return;
  const bar = document.createElement("i");
  bar.style.animationDuration = `${hurry.seconds}s`;
  place.append(bar);
}

function drawBar({ language, size, contrast, controls }) {
  name(byId("languages"), controls.languages);
  for (const button of byId("languages").children) {
    button.setAttribute("aria-pressed", button.lang === language);
  }
  name(byId("size"), `${controls.size} ${size + 1}/3`);
  name(byId("contrast"), controls.contrast);
  byId("contrast").setAttribute("aria-pressed", contrast);
}

function newKey() {
  const button = document.createElement("button");
  button.type = "button";
  return button;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text; // an equal text is not announced again
}

function name(element, text) {
  if (text === null) element.removeAttribute("aria-label");
  else element.setAttribute("aria-label", text);
}
