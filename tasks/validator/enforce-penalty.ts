import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:enforce-penalty",
  description: "Takes the penalty that a node owes, if that was refused before; for anyone",
  call: (addresses, id) => calls.enforcePenalty(addresses, id),
  done: ({ nodeId }) => `The penalty of node ${nodeId} is taken, as far as the terms allow.`,
});
