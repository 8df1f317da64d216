import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:draw",
  description: "Fixes which leaves a challenged node has to show, while the hash that decides is known; for anyone",
  call: (addresses, id) => calls.drawChallenge(addresses, id),
  done: ({ nodeId }) => `What node ${nodeId} has to show is fixed.`,
});
