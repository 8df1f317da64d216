import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:report-miss",
  description: "Reports that a node did not answer its challenge in time; for anyone",
  call: (addresses, id) => calls.reportMiss(addresses, id),
  done: ({ nodeId }) => `The miss of node ${nodeId} is counted.`,
});
