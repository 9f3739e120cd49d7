// Words that find no room take their drawing's, then smaller steps (CSS has the smallest), before any would be cut.

// Of headline and text: the larger letters that a visitor chose go last.
const STEPS = [[1, 1], [0.9, 1], [0.82, 1], [0.75, 1], [0.68, 0.9], [0.6, 0.82], [0.5, 0.75], [0.5, 0.68], [0.5, 0.6]];
const HALVINGS = 4;
const box = (element) => element.getBoundingClientRect();
const linesOf = (part) => {
  const range = document.createRange();
  range.selectNodeContents(part);
  return [...range.getClientRects()];
};

export function fit({ scene, words, digit, keys, size }) {
  const { style } = words;
  const asks = keys.childElementCount > 0;
  // What is the same already costs no new layout: as a rule there is one, which would come anyway.
  const set = (name, value) => {
    if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
  };
  const whole = () => {
    const [edge, frame, corner] = [scene, asks ? words : scene, digit].map(box);
    if (box(keys).bottom > edge.bottom + 1) return false;
    return [...words.children].every((part) => {
      const { left, right, top, bottom, width } = box(part);
      if (!width) return true;
      if (part.scrollWidth > part.clientWidth + 1) return false;
      if (asks && left >= frame.right - 1) return size > 0; // larger letters may take the headline's place
      const clear = !corner.width || linesOf(part).every((line) => line.right < corner.left - corner.width / 2 || line.top > corner.bottom);
      return clear && right <= edge.right + 1 && top >= frame.top - 1 && bottom <= frame.bottom + 1;
    });
  };
  // Words that may be divided are so only where they must be.
  const ways = words.textContent.includes("\u00AD") ? ["", "manual"] : [""];
  const fits = () => ways.some((way) => (set("--hyphens", way), whole()));
  set("--break", "");
  for (const [headline, text] of STEPS) {
    set("--fit-headline", headline < 1 ? String(headline) : "");
    set("--fit-text", text < 1 ? String(text) : "");
    set("--words", "");
    if (fits()) return;
    let narrow = box(words).width;
    set("--words", "100%");
    if (!fits()) continue;
    let wide = box(words).width; // as wide as it takes and no wider: the rest is the drawing's
    for (let times = 0; times < HALVINGS; times += 1) {
      const middle = (narrow + wide) / 2;
      set("--words", `${middle}px`);
      if (fits()) wide = middle;
      else narrow = middle;
    }
    return set("--words", `${wide}px`);
  }
  set("--break", "anywhere"); // letters that nobody foresaw
}

