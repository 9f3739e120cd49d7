// Words that find no room take their drawing's, then smaller steps (CSS has the smallest), before any would be cut.

// Of headline and text: the larger letters that a visitor chose go last.
const STEPS = [[1, 1], [0.9, 1], [0.82, 1], [0.75, 1], [0.68, 0.9], [0.6, 0.82], [0.5, 0.75], [0.5, 0.68], [0.5, 0.6]];
const HALVINGS = 4;
const [scene, mark, row] = ["scene", "digit", "keys"].map((id) => document.getElementById(id));
const words = scene.querySelector(".words");
const { style } = words;
const known = new Map(); // to measure is to wait for a layout, and as a rule a screen has been there before
addEventListener("resize", () => known.clear());

export function fit({ state, size, contrast, texts, digit, keys, hurry }) {
  const all = [state, size, contrast, texts.headline, texts.text, digit, keys.length, !hurry].join("|");
  if (known.has(all)) return (style.cssText = known.get(all));
  measure(size, keys.length > 0);
  known.set(all, style.cssText);
}

function measure(size, asks) {
  // Words that may be divided are so only where they must be.
  const ways = words.textContent.includes("\u00AD") ? ["none", "manual"] : ["none"];
  const fits = (width) => (set("--words", width), ways.some((way) => (set("--hyphens", way), whole(size, asks))));
  style.cssText = "";
  for (const [headline, text] of STEPS) {
    set("--fit-headline", headline);
    set("--fit-text", text);
    if (fits("")) return;
    let narrow = box(words).width;
    if (!fits("100%")) continue;
    let wide = box(words).width; // as wide as it takes and no wider: the rest is the drawing's
    for (let times = 0; times < HALVINGS; times += 1) {
      const middle = (narrow + wide) / 2;
      if (fits(`${middle}px`)) wide = middle;
      else narrow = middle;
    }
    return fits(`${wide}px`);
  }
  set("--break", "anywhere"); // letters that nobody foresaw
}

function whole(size, asks) {
  const [edge, frame, corner] = [scene, asks ? words : scene, mark].map(box);
  if (box(row).bottom > edge.bottom + 1) return false;
  return [...words.children].every((part) => {
    const { left, right, top, bottom, width } = box(part);
    if (!width) return true;
    if (part.scrollWidth > part.clientWidth + 1) return false;
    if (asks && left >= frame.right - 1) return size > 0; // larger letters may take the headline's place
    const clear = !corner.width || linesOf(part).every((line) => line.right < corner.left - corner.width / 2 || line.top > corner.bottom);
    return clear && right <= edge.right + 1 && top >= frame.top - 1 && bottom <= frame.bottom + 1;
  });
}

function set(name, value) {
  style.setProperty(name, value);
}

function box(element) {
  return element.getBoundingClientRect();
}

function linesOf(part) {
  const range = document.createRange();
  range.selectNodeContents(part);
  return [...range.getClientRects()];
}
