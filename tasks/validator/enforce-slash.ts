import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:enforce-slash",
  description: "Makes the slash that is due for a node's bond, after an earlier one was refused; for anyone",
  call: (addresses, id) => calls.enforceSlash(addresses, id),
  done: ({ nodeId }) => `The bond of node ${nodeId} is slashed, as far as the terms allow.`,
});
