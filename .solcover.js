// Instrumented code takes more gas than a transaction may since Osaka, where the plain code walks as far as one transaction reaches. The
// plugin asks for the hard fork after it has read this file.
require("hardhat").config.networks.hardhat.hardfork = "prague";

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
