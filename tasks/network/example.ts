import { task } from "hardhat/config";

import { plainError } from "../../deployment/errors";
import { explain } from "../../src";
import { Stage } from "../example/stage";
import { tellStory } from "../example/story";

task("network:example", "Plays the example network: a month of a cluster, its money and its people").setAction(async (_, hre) => {
  try {
    const stage = await Stage.open(hre);
    try {
      await tellStory(stage);
    } finally {
      stage.close();
    }
  } catch (error) {
    // The tasks explain what they refuse by themselves.
    throw plainError(explain(error).message);
  }
});
