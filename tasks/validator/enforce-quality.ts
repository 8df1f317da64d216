import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:enforce-quality",
  description: "Reports the quality that is due for a node, after an earlier report was refused; for anyone",
  call: (addresses, id) => calls.enforceQuality(addresses, id),
  done: ({ nodeId }) => `The quality that is due for node ${nodeId} is reported.`,
});
