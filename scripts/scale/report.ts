import { group, line, table } from "../gas/table";
import { type Comparison } from "./compare";
import { CALL_GAS, type PageCosts } from "./pages";
import { type Payouts } from "./payouts";
import { PARAMS_BYTES } from "./populate";
import { type FrontEndReading, type Reading } from "./reading";
import { type Size } from "./size";

/** All that the page shows. */
export interface Results {
  sizes: readonly Size[];
  operations: readonly Comparison[];
  payouts: readonly Payouts[];
  pages: readonly PageCosts[];
  readings: readonly Reading[];
  frontEnd: FrontEndReading;
  /** What the seconds were measured on. */
  machine: string;
}

/** The page that shows how everything costs as a network grows. */
export function scalePage(results: Results): string {
  const sections = [introduction(results), operations(results), payouts(results), pages(results), reading(results)];
  return `${sections.join("\n\n")}\n`;
}

function introduction({ sizes }: Results): string {
  const { buckets, owners, clusters, nodes } = largestOf(sizes);
  return `# Scale

What a large network costs: ${group(buckets)} buckets of ${group(owners)} owners in ${clusters} clusters over ${nodes} nodes. Written by \`npm run scale\`, which takes
some minutes. Gas is the same in every run; seconds are of the machine that it ran on. \`npm run scale:check\`, which is part of the checks, compares the
operations in the smallest network with [GAS.md](GAS.md); it measures nothing, and leaves the rest of this page to \`npm run scale\`.

![Gas of operations in networks of 10 to ${group(buckets)} buckets, which does not change, and gas of pages of 1 to some thousand items](scale.svg)

Every bucket pays. An owner has ten buckets, two in each of five clusters; owners take turns, so that ids next to each other are of different owners, which is
what costs most to list and to settle. A cluster has 64 vnodes on 20 nodes, each of which is in two clusters, and 200 buckets of 100 payers. Params are
${PARAMS_BYTES.node} bytes of a node, ${PARAMS_BYTES.cluster} of a cluster and ${PARAMS_BYTES.bucket} of a bucket. Smaller networks have as many owners, clusters and nodes for each bucket, but at least one, one and three.`;
}

function operations({ sizes, operations: all }: Results): string {
  const unexplained = all.filter(({ computed }) => computed !== 0n).length;
  const contracts = [...new Set(all.map(({ contract }) => contract))];
  const columns = [
    "function",
    "case",
    ...sizes.map(({ buckets }) => `${group(buckets)} buckets`),
    "difference",
    "calldata",
    "touched",
    "computed",
  ];
  const tables = contracts.map((contract) => {
    const rows = inOrder(all.filter((operation) => operation.contract === contract));
    return [`### ${contract}`, "", table(columns, rows.map(cells))].join("\n");
  });
  return `## Operations

The operations of [GAS.md](GAS.md), by the same code, in networks of ${sizes.map(({ buckets }) => group(buckets)).join(", ")} buckets. The clusters that they work on are as crowded as the others: up to
200 more buckets, each of another payer. What only the first user of a registry or a currency pays is left out.

_difference_ is what an operation costs more in the largest network than in the smallest. It has three parts: _calldata_ (the sizes are the same, but a byte of an id
that is not zero costs 16 instead of 4), _touched_ (slots, accounts and logs) and _computed_ (all else), which is not zero in ${unexplained} of ${all.length} rows.

${tables.join("\n\n")}`;
}

function cells({ function: called, case: description, gas, difference, calldata, touched, computed }: Comparison): string[] {
  return [`\`${called}\``, description, ...gas.map(group), ...[difference, calldata, touched, computed].map(signed)];
}

function payouts({ payouts: all }: Results): string {
  const millions = (gas: bigint): string => (Number(gas) / 1e6).toFixed(2);
  const rows = all.map((row) => [
    group(row.payers),
    group(row.payouts),
    ...[row.distributed / BigInt(row.payouts)].map(group),
    ...[row.distributed, row.deposited, row.distributed + row.deposited].map(millions),
    ...[row.distributedBefore, row.depositedBefore, row.distributedBefore + row.depositedBefore].map(millions),
  ]);
  const columns = ["payers", "payouts", "gas of one", "payouts", "deposits", "all", "payouts before", "deposits before", "all before"];
  return `## A month of a cluster

What \`distributeRevenues\` pays out in 31 days, once a day, four times and once, to three nodes, with both fees on. Each payer deposits once; some of them run out of funds
in that month, at times of their own. All but _gas of one_ is in millions of gas. _Before_ is the first version of the contracts, in which a payout settled payer by payer (computed from what \`docs/GAS.md\` measured of it).

${table(columns, rows)}`;
}

function pages({ pages: all }: Results): string {
  const limits = [...new Set(all.flatMap((list) => list.pages.map(({ limit }) => limit)))].sort((one, other) => one - other);
  const rows = limits.map((limit) => [group(limit), ...all.map((list) => pageCell(list.pages.find((page) => page.limit === limit)))]);
  const largest = [
    "**largest**",
    ...all.map(({ largest: { limit, gas }, ofAll }) => `**${ofAll ? "all " : ""}${group(limit)}** (${group(gas)})`),
  ];
  return `## Pages

The gas of a call that lists the first items, and of one of them. The last line is the largest page that a node answers that lets a call use ${group(CALL_GAS)} gas, with
what it uses. For it there are more nodes and clusters than the network has. The last column lists the buckets of one owner out of those of everyone.

${[table(["items", ...all.map(titleOf)], rows), line(largest)].join("\n")}

A page costs what its items cost, and for its memory (3 gas a word, and the square of the words / 512), which is most of the largest pages.`;
}

function pageCell(page: { limit: number; gas: bigint } | undefined): string {
  return page === undefined ? "" : `${group(page.gas)} (${group(page.gas / BigInt(page.limit))})`;
}

function titleOf({ name, ofOne }: PageCosts): string {
  return ofOne ? `\`${name}\` of one` : `\`${name}\``;
}

function reading({ readings, frontEnd, sizes, machine }: Results): string {
  const { buckets, clusters, nodes } = largestOf(sizes);
  const rows = readings.map(({ limit, calls, answering, decoding }) => [
    group(limit),
    group(calls),
    ...[answering, decoding, answering + decoding].map((seconds) => seconds.toFixed(1)),
  ]);
  return `## Reading the whole network

All ${nodes} nodes, ${clusters} clusters and ${group(buckets)} buckets, page by page, one call after the other, from anvil over HTTP on the same machine (${machine}):

${table(["items in a page", "calls", "s to answer", "s to decode", "s in all"], rows)}

ethers copies the rest of an answer for every item in it, so that decoding takes the square of the page's length. \`readNetwork\` of \`src/\`, which asks for the vnodes of
every cluster and everyone's accounts, too, takes ${group(frontEnd.calls)} calls and ${frontEnd.seconds.toFixed(1)} s.`;
}

/** Those of each function together. */
function inOrder(all: readonly Comparison[]): Comparison[] {
  const functions = new Set(all.map((operation) => operation.function));
  return [...functions].flatMap((name) => all.filter((operation) => operation.function === name));
}

function largestOf(sizes: readonly Size[]): Size {
  const size = sizes[sizes.length - 1];
  if (size === undefined) throw new Error("There is no network.");
  return size;
}

function signed(amount: bigint): string {
  return amount > 0n ? `+${group(amount)}` : group(amount);
}
