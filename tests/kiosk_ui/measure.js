// What a person with a ruler would find wrong on the screen, as sentences. Evaluated in the page by the tests.
({ mmPerPx, declaredDistanceMm }) => {
  const EMPTY_ABOVE_CAPITALS_MM = 1.5;
  const ALONG_OUTLINES_PX = 2;
  const faults = [];
  const box = (element) => element.getBoundingClientRect();
  // A headline that does not fit stands beside its clipped column: it is heard and not seen.
  const outside = (element) => element.matches("#headline, #lines > *") && box(element).left >= box(element.parentElement).right - 1;
  const visible = (element) => element.getClientRects().length > 0 && !outside(element);
  const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  const inside = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  const apart = (one, other) =>
    one.right <= other.left + 1 || other.right <= one.left + 1 || one.bottom <= other.top + 1 || other.bottom <= one.top + 1;
  const say = (element, fault) => faults.push(`${element.id || element.className || element.textContent}: ${fault}`);

  const scene = box(document.getElementById("scene"));
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  if (document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight) faults.push("the page scrolls");

  const textsOf = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (walker.currentNode.data.trim()) nodes.push(walker.currentNode);
    return nodes;
  };
  const textBox = (node, start = 0, end = node.length) => {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    return range;
  };
  // A line's box is taller or lower than its letters: measured are the letters.
  const inkOf = (node, start = 0, end = node.length) => {
    const style = getComputedStyle(node.parentElement);
    capital.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const letters = capital.measureText(node.data.slice(start, end));
    const { left, right, top, bottom } = textBox(node, start, end).getBoundingClientRect();
    return {
      left,
      right,
      top: top + letters.fontBoundingBoxAscent - letters.actualBoundingBoxAscent,
      bottom: bottom - letters.fontBoundingBoxDescent + letters.actualBoundingBoxDescent,
    };
  };
  // Of several lines only the last one's letters go below it.
  const wordsOf = (node) => [...node.data.matchAll(/[^\s\u00AD]+/g)].map(({ index, 0: word }) => inkOf(node, index, index + word.length));
  const capital = document.createElement("canvas").getContext("2d");
  const checkType = (element) => {
    const style = getComputedStyle(element);
    capital.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const mm = capital.measureText("H").actualBoundingBoxAscent * mmPerPx;
    const degrees = (Math.atan(mm / declaredDistanceMm) * 180) / Math.PI;
    if (degrees < 0.7) say(element, `capital H is ${degrees.toFixed(2)} degrees`);
  };

  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((part) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    const [red, green, blue, alpha = 1] = colour(getComputedStyle(element).backgroundColor);
    return alpha ? [red, green, blue] : groundOf(element.parentElement);
  };
  const contrast = (...colours) => {
    const [one, other] = colours.map((rgb) => luminance(rgb.slice(0, 3)) + 0.05);
    return Math.max(one, other) / Math.min(one, other);
  };
  // axe judges no label of one letter, and asks for less than we do.
  const checkContrast = (element) => {
    const ratio = contrast(colour(getComputedStyle(element).color), groundOf(element));
    if (ratio < 7) say(element, `contrast is ${ratio.toFixed(1)} to 1`);
  };

  // What carries a meaning, and what it lies on: 3 to 1 at least (WCAG 1.4.11).
  const ofPart = (element, property) => {
    const [red, green, blue, alpha = 1] = colour(getComputedStyle(element)[property]);
    return alpha ? [red, green, blue] : null;
  };
  const PARTS = [
    [".disc", "fill"],
    [".tick .stroke", "stroke", ".disc"],
    [".bubble", "fill"],
    [".person", "fill", ".bubble"],
    [".device", "fill"],
    [".lens-ring", "stroke", ".device"],
    [".lens", "fill", ".device"],
    [".card .face", "stroke"],
    [".card .squares, .card .dots, .card .strokes:not(.soft)", "stroke", ".card .face"],
    [".frame", "stroke"],
    [".shutter", "borderBottomColor"],
    ["#hurry i", "backgroundColor", "#hurry"],
    ["#size .a", "borderBottomColor"],
    ["#contrast svg", "stroke"],
    ["#contrast path", "fill"],
  ];
  for (const [selector, property, below] of PARTS) {
    for (const part of all(selector)) {
      const own = ofPart(part, property);
      const under = below ? document.querySelector(below) : null;
      const ground = under instanceof SVGElement ? ofPart(under, "fill") ?? groundOf(part.closest("main")) : under ? groundOf(under) : groundOf(part.closest("button, main"));
      // In high contrast a lens is a ring around what the device is made of.
      const drawn = own && !(part.matches(".lens") && contrast(own, ground) === 1);
      if (drawn && contrast(own, ground) < 3) faults.push(`${selector}: ${contrast(own, ground).toFixed(1)} to 1 on what it lies on`);
    }
  }
  for (const button of all("button")) {
    const ground = groundOf(button.parentElement);
    const told = ["backgroundColor", "borderTopColor"].map((property) => ofPart(button, property) ?? ground);
    const ratio = Math.max(...told.map((own) => contrast(own, ground)));
    if (ratio < 3) say(button, `neither face nor border is told from the ground: ${ratio.toFixed(1)} to 1`);
  }
  const chosen = all("#size .a").filter((letter) => ofPart(letter, "borderBottomColor"));
  if (all("#size").length && chosen.length !== 1) faults.push(`${chosen.length} of the letters A are underlined`);

  const focused = document.activeElement;
  focused.blur(); // a touch may have left it there, and its ring is not shown
  for (const button of all("#languages button:first-child, #keys button:first-child")) {
    button.focus({ focusVisible: true });
    const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(button);
    if (outlineStyle !== "solid" || parseFloat(outlineWidth) * mmPerPx < 0.6) say(button, `its focus is not seen: ${outlineStyle}, ${outlineWidth}`);
    const ratio = contrast(colour(outlineColor), groundOf(parseFloat(outlineOffset) < 0 ? button : button.parentElement));
    if (ratio < 3) say(button, `its focus is ${ratio.toFixed(1)} to 1`);
    button.blur();
  }
  if (focused !== document.body) focused.focus();

  // A face that is not there is replaced without a word: then before any fallback the widths are the fallback's own.
  const widthIn = (faces) => {
    capital.font = `500 100px ${faces}`;
    return capital.measureText("Näytä kortti, 0123").width;
  };
  for (const [selector, face] of [["h1", '"Inter Display"'], ["#text", "Inter"]]) {
    const asked = document.querySelector(selector);
    if (asked && !getComputedStyle(asked).fontFamily.startsWith(face)) faults.push(`${selector} asks for another face than ${face}`);
    if (widthIn(`${face}, monospace`) !== widthIn(`${face}, serif`)) faults.push(`${face} is not on this machine`);
  }

  for (const element of all("h1, #text, .told")) {
    checkType(element);
    checkContrast(element);
    for (const node of textsOf(element)) {
      if (!inside(inkOf(node), scene)) say(element, "is cut off");
      for (const word of node.data.matchAll(/[^\s\u00AD]+/g)) {
        const begins = word.index + (node.data[word.index - 1] === "\u00AD" ? 1 : 0); // there the range has the line before, too
        const rects = textBox(node, begins, word.index + word[0].length).getClientRects();
        if (new Set([...rects].map((rect) => Math.round(rect.top))).size > 1) say(element, `"${word[0]}" is broken`);
      }
    }
  }
  for (const button of all("button")) {
    const target = box(button);
    if (Math.min(target.width, target.height) * mmPerPx < 19.9) say(button, "is smaller than 20 mm");
    if (!inside(target, screen)) say(button, "is off the screen");
    for (const node of textsOf(button)) {
      if (node.parentElement.matches(".short") && getComputedStyle(node.parentElement).display === "none") continue;
      if (node.parentElement.matches(".long, .heard") && box(node.parentElement).width <= 1) continue;
      checkType(node.parentElement);
      checkContrast(node.parentElement);
      if (!wordsOf(node).every((word) => inside(word, target))) say(button, "its label is cut off");
    }
  }
  const solids = all(".art .disc, .art .bubble, .art .device rect, .art .face");
  for (const art of all(".art")) {
    const { width, height } = box(art);
    if (Math.max(width, height) * mmPerPx < 19.9) say(art, "is smaller than 20 mm");
  }
  // Outlines lie under nothing, and are whole or not there.
  const lines = all(".tick .echo circle, .staff .echo path");
  const scaleOf = ({ a, b }) => Math.hypot(a, b);
  const outlineOf = (line) => {
    const half = (parseFloat(getComputedStyle(line).strokeWidth) / 2) * scaleOf(line.getScreenCTM());
    const { left, right, top, bottom } = box(line);
    return { left: left - half, right: right + half, top: top - half, bottom: bottom + half };
  };
  for (const line of lines) if (!inside(outlineOf(line), scene)) say(line, "an outline is cut off");
  for (const solid of solids) if (!inside(box(solid), scene)) say(solid, "is cut off");
  const covered = all(".words, #keys:not(:empty)").map((element) => {
    const { left, right, top, bottom } = box(element);
    return { left, right, top: element.id ? top : top + EMPTY_ABOVE_CAPITALS_MM / mmPerPx, bottom };
  });
  for (const line of all(".echo *, .rings *")) {
    const below = covered.filter((one) => !apart(one, outlineOf(line)));
    const matrix = line.getScreenCTM();
    const length = below.length ? line.getTotalLength() : 0;
    for (let along = 0; along < length; along += ALONG_OUTLINES_PX / scaleOf(matrix)) {
      const { x, y } = line.getPointAtLength(along).matrixTransform(matrix);
      const isBelow = below.some(({ left, right, top, bottom }) => x > left && x < right && y > top && y < bottom);
      if (!isBelow || !document.elementsFromPoint(x, y).includes(line)) continue;
      faults.push(`an outline of ${line.parentElement.className.baseVal} lies under words or keys`);
      break;
    }
  }
  const lastLine = all(".tick .echo .far").map((line) => [line, outlineOf(line)]);
  const blocks = [...lastLine, ...all("button").map((element) => [element, box(element)]), ...all("h1, #text, .told").map((element) => [element, inkOf(textsOf(element)[0])]), ...solids.map((solid) => [solid, box(solid)])];
  blocks.forEach(([one, oneBox], index) => {
    for (const [other, otherBox] of blocks.slice(index + 1)) {
      const drawing = one.matches(".art *") && other.matches(".art *");
      if (!drawing && !apart(oneBox, otherBox)) say(one, `lies on ${other.id || other.className.baseVal || other.textContent}`);
    }
  });
  for (const digit of all("#digit:not(:empty)")) {
    for (const element of all("h1, #text, .told")) {
      for (const node of textsOf(element)) {
        if (!wordsOf(node).every((word) => apart(inkOf(digit.firstChild), word))) say(digit, `lies on ${element.id}`);
      }
    }
  }
  return faults;
}
