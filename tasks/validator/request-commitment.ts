import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:request-commitment",
  description: "Requests a new commitment of a node within a period; for the cluster's approver",
  signer: "owner",
  call: (addresses, id) => calls.requestCommitment(addresses, id),
  done: ({ nodeId }) => `Node ${nodeId} has to make a new commitment.`,
});
