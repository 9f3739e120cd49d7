"""In which ways the fleet's pages are looked at, and what is measured on them."""

from typing import Any, Final

WIDE: Final = {"width": 1280, "height": 900}
NARROW: Final = {"width": 400, "height": 800}
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow": {"viewport": NARROW},
    "narrow and dark": {"viewport": NARROW, "color_scheme": "dark"},
    "forced colours": {"viewport": WIDE, "forced_colors": "active"},
}


CUT: Final = """() => {
  const inside = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
  const box = (element) => element.getBoundingClientRect();
  const textBox = (cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return box(range);
  };
  const found = [];
  for (const table of document.querySelectorAll("table")) {
    const area = table.closest(".scroll");
    if (area.scrollWidth > area.clientWidth) found.push(`${table.className} scrolls`);
    for (const cell of table.querySelectorAll("th, td"))
      if (cell.checkVisibility() && !inside(textBox(cell), box(cell))) found.push(cell.textContent.trim());
  }
  return found;
}"""
HEADS: Final = """() => [...document.querySelectorAll("[data-head]")].filter((cell) => {
  const head = cell.closest("table").querySelector("thead tr").cells[cell.cellIndex];
  return head.textContent.replaceAll("\\u00ad", "") !== cell.dataset.head;
}).map((cell) => cell.dataset.head)"""
TEXT: Final = ("ink", "soft", "action")
CONTRASTS: Final = """() => {
  const style = getComputedStyle(document.documentElement);
  const luminance = (name) => {
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = style.getPropertyValue('--' + name);
    const hex = probe.fillStyle;
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const names = ['ink', 'soft', 'action', 'line', 'working', 'attention', 'lost', 'paused', 'never', 'adults',
    'children'];
  return Object.fromEntries(names.map((name) => [name, Math.min(
    ...['ground', 'raised'].map((under) => ratio(luminance(name), luminance(under))))]));
}"""
