import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:report-no-commitment",
  description: "Reports that a node did not bring the commitment that it was asked for; for anyone",
  call: (addresses, id) => calls.reportNoCommitment(addresses, id),
  done: ({ nodeId }) => `The miss of node ${nodeId} is counted.`,
});
