module.exports = {
  // What is measured is what people deploy.
  skipFiles: ["interfaces", "mocks"],
  istanbulReporter: ["json", "text", "html"],
  // These walk as far as one transaction reaches: instrumented, they take more gas than there is.
  mocha: { grep: /settled for a (lifetime|century)|more ticks to cross than fit/, invert: true },
  // Instrumented code needs more of the stack than the plain code.
  configureYulOptimizer: true,
  // The bindings stay those of the plain contracts.
  onPreCompile: (config) => {
    config.typechain.dontOverrideCompile = true;
  },
};
