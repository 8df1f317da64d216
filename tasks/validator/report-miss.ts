import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:report-miss",
  description: "Reports that a node missed its challenge; for anyone",
  call: (addresses, id) => calls.reportMiss(addresses, id),
  done: ({ nodeId }) => `The miss of node ${nodeId} is counted.`,
});
