import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:draw",
  description: "Draws the leaves that a challenged node has to prove, while the deciding block hash is available; for anyone",
  call: (addresses, id) => calls.drawChallenge(addresses, id),
  done: ({ nodeId }) => `The leaves that node ${nodeId} has to prove are drawn.`,
});
