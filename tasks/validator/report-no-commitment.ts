import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:report-no-commitment",
  description: "Reports that a node missed its commitment deadline; for anyone",
  call: (addresses, id) => calls.reportNoCommitment(addresses, id),
  done: ({ nodeId }) => `The miss of node ${nodeId} is counted.`,
});
