import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { group } from "../gas/table";
import { type Comparison, nameOf } from "./compare";
import { CALL_GAS, type PageCosts } from "./pages";
import { type Size } from "./size";

/** Read on white and on the nearly black pages of dark themes alike: each has about the same contrast to both. */
export const COLORS = {
  text: "#787878",
  blue: "#1f77d0",
  orange: "#bb6600",
  green: "#2e8b3d",
};

/** Of the operations, those that are drawn: all would lie on top of each other. */
const DRAWN = new Map([
  ["BucketRegistry settlePayment the end stays", "settlePayment"],
  ["ClusterRegistry distributeRevenues 3 nodes", "distributeRevenues"],
  ["BucketRegistry allocate later, to an end of its own", "allocate"],
  ["BucketRegistry createBucket params of 200 bytes", "createBucket, 200 bytes"],
  ["NodeRegistry createNode params of 300 bytes", "createNode, 300 bytes"],
  ["ClusterRegistry createCluster 3 nodes, 6 vnodes, 200 bytes", "createCluster, 3 nodes"],
]);

const LIST_COLORS = [COLORS.green, COLORS.orange, COLORS.blue];
/** How an axis of counts is drawn: every label, even at the ends. */
const COUNTS = { format: ",d", grid: false, labelFlush: false, labelOverlap: false };

const HEIGHT = 300;
const WIDTH = 300;

/** A Vega-Lite specification. Its own type is out of reach: the package has no entry that `moduleResolution: node` finds. */
export type Specification = Readonly<Record<string, unknown>>;

/** Draws a specification as SVG. */
export function draw(spec: Specification): string {
  return execFileSync(process.execPath, [join(__dirname, "svg.mjs")], { input: JSON.stringify(spec), encoding: "utf8" });
}

/** What is drawn: what operations cost as the network grows, and what pages cost as they do. */
export function plot(sizes: readonly Size[], operations: readonly Comparison[], pages: readonly PageCosts[]): Specification {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "transparent",
    padding: 10,
    hconcat: [operationsPanel(sizes, operations), pagesPanel(pages)],
    spacing: 0,
    config: {
      font: "sans-serif",
      view: { stroke: null },
      title: { color: COLORS.text, fontSize: 14, anchor: "start", offset: 12 },
      axis: {
        ...{ labelColor: COLORS.text, titleColor: COLORS.text, domainColor: COLORS.text, tickColor: COLORS.text },
        ...{
          gridColor: COLORS.text,
          gridOpacity: 0.25,
          labelFontSize: 12,
          titleFontSize: 12,
          titleFontWeight: "normal",
          titlePadding: 10,
        },
      },
      text: { color: COLORS.text, fontSize: 12 },
      rule: { color: COLORS.text },
    },
  };
}

function operationsPanel(sizes: readonly Size[], operations: readonly Comparison[]): Specification {
  const values = operations.flatMap((operation) => {
    const label = DRAWN.get(nameOf(operation));
    return label === undefined ? [] : operation.gas.map((gas, index) => ({ label, gas: Number(gas), buckets: sizes[index]?.buckets ?? 0 }));
  });
  const last = sizes[sizes.length - 1]?.buckets ?? 0;
  const y = { field: "gas", type: "quantitative", title: "gas", scale: { type: "log", domain: [10_000, 400_000] } } as const;
  return {
    title: "An operation, as the network grows",
    ...{ width: WIDTH, height: HEIGHT },
    data: { values },
    encoding: {
      x: {
        ...{ field: "buckets", type: "quantitative", title: "buckets in the network" },
        scale: { type: "log" },
        axis: { values: sizes.map(({ buckets }) => buckets), ...COUNTS },
      },
      y: { ...y, axis: { values: [10_000, 20_000, 50_000, 100_000, 200_000, 400_000], format: ",d" } },
      detail: { field: "label" },
    },
    layer: [
      { mark: { type: "line", color: COLORS.blue, point: { color: COLORS.blue, size: 40 } } },
      {
        transform: [{ filter: `datum.buckets === ${last}` }],
        mark: { type: "text", align: "left", dx: 10 },
        encoding: { text: { field: "label" } },
      },
    ],
  };
}

function pagesPanel(pages: readonly PageCosts[]): Specification {
  const named = pages
    .filter(({ ofOne }) => !ofOne)
    .map((costs) => ({ ...costs, label: `${costs.name}: at most ${group(costs.largest.limit)}` }));
  const values = named.flatMap(({ label, pages: measured, largest }) =>
    [...measured.filter(({ gas }) => gas < largest.gas), largest].map(({ limit, gas }) => ({ label, limit, gas: Number(gas) })),
  );
  return {
    title: "A page, as it grows",
    ...{ width: WIDTH, height: HEIGHT },
    data: { values },
    layer: [
      {
        mark: { type: "line", point: { size: 40 } },
        encoding: {
          x: {
            ...{ field: "limit", type: "quantitative", title: "items in the page" },
            scale: { type: "log", domain: [1, 10_000] },
            axis: { values: [1, 10, 100, 1_000, 10_000], ...COUNTS },
          },
          y: {
            ...{ field: "gas", type: "quantitative", title: "gas of the call" },
            scale: { type: "log", domain: [10_000, 100_000_000] },
            axis: { values: [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000], format: ",d" },
          },
          color: {
            ...{ field: "label", type: "nominal", title: null },
            scale: { domain: named.map(({ label }) => label), range: LIST_COLORS },
            legend: null,
          },
        },
      },
      { data: { values: [{}] }, mark: { type: "rule", strokeDash: [4, 4] }, encoding: { y: { datum: Number(CALL_GAS) } } },
      {
        data: { values: [{}] },
        mark: { type: "text", align: "left", baseline: "bottom", dx: 4, dy: -4, text: `${group(CALL_GAS)} gas` },
        encoding: { x: { datum: 1 }, y: { datum: Number(CALL_GAS) } },
      },
      // Where no line is. A legend of one panel would stand beside both.
      ...named.map(({ label }, index) => ({
        data: { values: [{}] },
        mark: { type: "text", align: "right", text: label, color: LIST_COLORS[index], x: WIDTH, y: HEIGHT - 20 * (named.length - index) },
      })),
    ],
  };
}
