import type { Handlers } from "../log";
import type { State } from ".";
import { insistEqual, known } from "./numbers";

export interface Node {
  id: bigint;
  provider: string;
  rent: bigint;
  capacity: bigint;
  params: string;
}

/** What the node registry logs. */
export const NODE_HANDLERS: Handlers = {
  nodeRegistry: {
    NodeCreated: (state, { nodeId, provider, rentPerMonth, capacity, params }) => {
      insistEqual(nodeId, ++state.lastNodeId, "The id of a node");
      state.nodes.set(nodeId, { id: nodeId, provider, rent: rentPerMonth, capacity, params });
    },
    NodeParamsChanged: (state, { nodeId, params }) => {
      nodeOf(state, nodeId).params = params;
    },
    NodeRentChanged: (state, { nodeId, rentPerMonth }) => {
      nodeOf(state, nodeId).rent = rentPerMonth;
    },
    NodeCapacityChanged: (state, { nodeId, capacity }) => {
      nodeOf(state, nodeId).capacity = capacity;
    },
    NodeRemoved: (state, { nodeId }) => {
      nodeOf(state, nodeId);
      state.nodes.delete(nodeId);
    },
    ManagerTrusted: ({ trust }, { provider, manager }) => {
      trust.add(`${provider}:${manager}`);
    },
    ManagerDistrusted: ({ trust }, { provider, manager }) => {
      trust.delete(`${provider}:${manager}`);
    },
  },
};

export function nodeOf({ nodes }: State, nodeId: bigint): Node {
  return known(nodes, nodeId, "node");
}

/** Clusters reserve so much of a node for each vnode that it serves there. */
export function nodeStatus({ clusters }: State, { id, provider, rent, capacity, params }: Node): unknown {
  const memberships = [...clusters.values()].flatMap(({ members, resourcePerVnode }) => {
    const member = members.get(id);
    return member === undefined ? [] : [member.vnodes * resourcePerVnode];
  });
  return {
    nodeId: id,
    provider,
    rentPerMonth: rent,
    capacity,
    reserved: memberships.reduce((sum, resource) => sum + resource, 0n),
    clusters: BigInt(memberships.length),
    params,
  };
}
