#!/usr/bin/env node
// What forge takes for a native compiler: the JavaScript build that npm pins, the one that compiles the contracts for Hardhat, too.
const { readFileSync } = require("node:fs");
const solc = require("solc");

if (process.argv.includes("--version")) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes("--standard-json")) {
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write("Usage: solc.js --version | --standard-json < input.json\n");
  process.exitCode = 1;
}
