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
  const { fetch } = window;
  window.fetch = async () => new Response(null, { status: 204 }); // what the voice is told is another test's
  const found = [];
  const combinations = languages.flatMap((language) => ["2", "1", "0"].map((size) => [language, size]));
  for (const [language, size] of combinations) {
    if (root.lang !== language) button(`[data-press="language"][lang="${language}"]`).click();
    for (let times = 0; root.dataset.size !== size && times < 3; times += 1) button("#size").click();
    const seen = box("#headline").width > 0 && box("#headline").left < box(".words").right;
    const words = { headline: said("headline"), text: said("text"), label: said("label") };
    const last = found.length + 1 === combinations.length; // colours are the same in all languages and sizes
    found.push({ language: root.lang, size: Number(size), ...words, seen, faults: await faults(last ? axeAll : axeEach) });
  }
  if (axeAll) {
    const last = found.at(-1);
    button("#contrast").click();
    if (root.dataset.contrast !== "high") last.faults.push("no high contrast");
    for (const fault of await faults(axeAll)) last.faults.push(`in high contrast ${fault}`);
    button("#contrast").click();
  }
  window.fetch = fetch;
  return found;
}
