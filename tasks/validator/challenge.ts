import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:challenge",
  description: "Challenges a node to prove that it holds its data, once a period; for anyone",
  call: (addresses, id) => calls.challengeStorage(addresses, id),
  done: ({ nodeId }) => `Node ${nodeId} is challenged.`,
});
