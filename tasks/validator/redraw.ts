import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:redraw",
  description: "Redraws a challenge whose deciding block was not used in time; for the cluster's approver",
  signer: "owner",
  call: (addresses, id) => calls.redrawChallenge(addresses, id),
  done: ({ nodeId }) => `Another block decides the leaves that node ${nodeId} has to prove.`,
});
