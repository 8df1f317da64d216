import type { AdviceTable } from "./advice";

export const nodeAdvice: AdviceTable = {
  NodeUnknown: { why: "There is no node {nodeId}.", todo: "List the nodes to see which there are." },
  NodeCapacityExceeded: {
    why: "Node {nodeId} has {free} units of capacity free, and {needed} are needed.",
    todo: "Ask for less, have its provider raise the capacity, or use another node.",
  },
  ManagerNotTrusted: {
    why: "{provider}, who provides node {nodeId}, does not trust the manager {manager}.",
    todo: "The provider has to trust the manager first.",
  },
  NodeRentTooHigh: {
    why: "A rent of {rentPerMonth:usd} is more than the {maximum:usd} that can be counted.",
    todo: "Ask a lower rent; it is USD per unit, per vnode, per month.",
  },
  NodeCapacityBelowReserved: {
    why: "Clusters have reserved {reserved} units of node {nodeId}, more than {capacity}.",
    todo: "Keep at least what is reserved, or have the managers release or move it first.",
  },
  NodeInUse: {
    why: "Node {nodeId} is in {clusters} cluster(s).",
    todo: "Their managers have to replace it first.",
  },
  ManagerZero: { why: "The zero address manages nothing.", todo: "Give the address of a manager." },
};
