// What a person with a ruler would find wrong on the screen, as sentences. Evaluated in the page by the tests.
({ mmPerPx, declaredDistanceMm }) => {
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
  // axe judges no label of one letter, and asks for less than we do.
  const checkContrast = (element) => {
    const lights = [colour(getComputedStyle(element).color).slice(0, 3), groundOf(element)].map(luminance);
    const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (ratio < 7) say(element, `contrast is ${ratio.toFixed(1)} to 1`);
  };

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
      if (!inside(inkOf(node), target)) say(button, "its label is cut off");
    }
  }
  const solids = all(".art .disc, .art .bubble, .art .device rect, .art .face");
  for (const art of all(".art")) {
    const { width, height } = box(art);
    if (Math.max(width, height) * mmPerPx < 19.9) say(art, "is smaller than 20 mm");
  }
  // Outlines lie under nothing, and are whole or not there.
  const lines = all(".tick .echo circle, .staff .echo path");
  const outlineOf = (line) => {
    const half = (parseFloat(getComputedStyle(line).strokeWidth) / 2) * line.getScreenCTM().a;
    const { left, right, top, bottom } = box(line);
    return { left: left - half, right: right + half, top: top - half, bottom: bottom + half };
  };
  for (const line of lines) if (!inside(outlineOf(line), scene)) say(line, "an outline is cut off");
  for (const solid of solids) if (!inside(box(solid), scene)) say(solid, "is cut off");
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
        const words = [...node.data.matchAll(/[^\s\u00AD]+/g)].map((word) => inkOf(node, word.index, word.index + word[0].length));
        if (!words.every((word) => apart(inkOf(digit.firstChild), word))) say(digit, `lies on ${element.id}`);
      }
    }
  }
  return faults;
}
