module.exports = {
  // What is measured is what people deploy.
  skipFiles: ["interfaces", "mocks"],
  istanbulReporter: ["json", "text", "html"],
  // Instrumented code needs more of the stack than the plain code.
  configureYulOptimizer: true,
  // The bindings stay those of the plain contracts.
  onPreCompile: (config) => {
    config.typechain.dontOverrideCompile = true;
  },
};
