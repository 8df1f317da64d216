import { calls } from "../../src";
import { defineOnNode } from "../support/storage";

defineOnNode({
  name: "validator:redraw",
  description: "Has a challenge drawn again whose block nobody used in time; for the cluster's approver",
  signer: "owner",
  call: (addresses, id) => calls.redrawChallenge(addresses, id),
  done: ({ nodeId }) => `Another block decides what node ${nodeId} has to show.`,
});
