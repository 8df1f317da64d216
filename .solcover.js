// Tests that take many minutes on instrumented code, or more gas than there is, and reach nothing that quicker ones do not.
const NOT_MEASURED = [
  "settled for a (lifetime|century)",
  "more ticks to cross than fit",
  "StorageProofs: what it can do at most",
  "is the same as the arithmetic says",
  "however long one searches",
  "if it goes as far as it may",
  "cannot be starved",
  "is caught by chance",
  "charges and earns the same",
  "refunds no less where clusters serve less",
];

require("./scripts/coverage-marks.cjs");

module.exports = {
  // What is measured is what people deploy.
  skipFiles: ["interfaces", "mocks"],
  istanbulReporter: ["json", "text", "html"],
  mocha: { parallel: false, grep: new RegExp(NOT_MEASURED.join("|")), invert: true },
  // Instrumented code needs more of the stack than the plain code.
  configureYulOptimizer: true,
  // The bindings stay those of the plain contracts.
  onPreCompile: (config) => {
    config.typechain.dontOverrideCompile = true;
  },
};
