import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:challenge",
  description: "Challenges a node to show some of what it holds, once a period; for anyone",
  call: (addresses, id) => calls.challengeStorage(addresses, id),
  done: ({ nodeId }) => `Node ${nodeId} is challenged.`,
});
