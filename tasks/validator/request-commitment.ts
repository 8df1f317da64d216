import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:request-commitment",
  description: "Asks a node for a new commitment within a period; for the cluster's approver",
  signer: "owner",
  call: (addresses, id) => calls.requestCommitment(addresses, id),
  done: ({ nodeId }) => `Node ${nodeId} is asked for a new commitment.`,
});
