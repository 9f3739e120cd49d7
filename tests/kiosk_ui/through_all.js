// Every language in every size, from the largest on: what is said, whether the headline is seen, and what
// the ruler finds, and axe where it is told to look. In one go, as a test has thousands of these.
async ({ told, languages, axeEach, axeAll }) => {
  const measure = MEASURE_JS;
  const root = document.documentElement;
  const button = (what) => document.querySelector(what);
  const said = (id) => document.getElementById(id).textContent;
  const box = (what) => document.querySelector(what).getBoundingClientRect();
  const faults = async (axeOptions) => {
    const violations = axeOptions ? (await axe.run(axeOptions)).violations : [];
    return [...measure(told), ...violations.map(({ id }) => `axe: ${id}`)];
  };
  const found = [];
  for (const language of languages) {
    button(`[data-press="language"][lang="${language}"]`).click();
    for (const size of ["2", "1", "0"]) {
      for (let times = 0; root.dataset.size !== size && times < 3; times += 1) button("#size").click();
      const seen = box("#headline").width > 0 && box("#headline").left < box(".words").right;
      const words = { headline: said("headline"), text: said("text"), label: said("label") };
      found.push({ language: root.lang, size: Number(size), ...words, seen, faults: await faults(axeEach) });
    }
  }
  // Colours are the same in all languages and sizes.
  const last = found.at(-1);
  if (axeAll) {
    last.faults.push(...(await faults(axeAll)));
    button("#contrast").click();
    if (root.dataset.contrast !== "high") last.faults.push("no high contrast");
    for (const fault of await faults(axeAll)) last.faults.push(`in high contrast ${fault}`);
    button("#contrast").click();
  }
  return found;
}
