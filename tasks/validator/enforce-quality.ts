import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:enforce-quality",
  description: "Reports the quality of a node that is due, if that was refused before; for anyone",
  call: (addresses, id) => calls.enforceQuality(addresses, id),
  done: ({ nodeId }) => `What is due of the quality of node ${nodeId} is reported.`,
});
