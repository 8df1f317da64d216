const HEADING = /^#+ (\w+)$/;
/** A line of a table whose first cell is code, and whose third is a number. */
const FIGURE = /^\| `(\w+)` \| (.*?) \| ([\d,]+) \|/;

/** The gas that a page shows for each operation in its first column of numbers. */
export function figuresOf(page: string): Map<string, string> {
  const figures = new Map<string, string>();
  let contract = "";
  for (const line of page.split("\n")) {
    contract = HEADING.exec(line)?.[1] ?? contract;
    const [, called, description, gas] = FIGURE.exec(line) ?? [];
    if (called === undefined || gas === undefined) continue;
    figures.set([contract, called, description].join(" "), gas);
  }
  return figures;
}

/** How much less than a gas figure the difference may be that other ids make in its calldata: 36 of 5.6 million for the ids of 256 nodes. */
const OF_IDS = 100_000;

/** What the page of scale shows for the smallest network, and the page of gas does not. */
export function staleFigures(scalePage: string, gasPage: string): string[] {
  const measured = figuresOf(gasPage);
  const shown = [...figuresOf(scalePage)];
  if (shown.length === 0) return ["no operation at all"];
  return shown
    .filter(([name, gas]) => !alike(numberOf(gas), numberOf(measured.get(name))))
    .map(([name, gas]) => `${name}: ${gas}, not ${measured.get(name) ?? "measured"}`);
}

function alike(one: number, other: number): boolean {
  return Math.abs(one - other) * OF_IDS < one;
}

function numberOf(figure: string | undefined): number {
  return Number(figure?.replaceAll(",", ""));
}
