import { task } from "hardhat/config";

import { plainError } from "../../deployment/errors";
import { explain } from "../../src";
import { DemoContext } from "../example/demo-context";
import { runDemo } from "../example/demo";

task("network:example", "Plays the example network: a month of a cluster, its money and its people").setAction(async (_, hre) => {
  try {
    const context = await DemoContext.open(hre);
    try {
      await runDemo(context);
    } finally {
      context.close();
    }
  } catch (error) {
    // The tasks explain what they refuse by themselves.
    throw plainError(explain(error).message);
  }
});
