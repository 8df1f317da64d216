// Draws the Vega-Lite specification that it is given on its input. A process of its own, as vega cannot be required by the CommonJS that
// ts-node makes of a script.
import { text } from "node:stream/consumers";

import { View, parse } from "vega";
import { compile } from "vega-lite";

const { spec } = compile(JSON.parse(await text(process.stdin)));
const view = new View(parse(spec), { renderer: "none" });
process.stdout.write(`${await view.toSVG()}\n`);
