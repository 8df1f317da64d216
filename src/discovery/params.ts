import { type ClusterParams, type NodeParams, parseClusterParams, parseNodeParams } from "../params";

/** A cluster's params; undefined where there are none, or none that match their schema: others can write there what they like. */
export function readableClusterParams(text: string): ClusterParams | undefined {
  return unlessRefused(() => parseClusterParams(text));
}

/** A node's params, likewise. */
export function readableNodeParams(text: string): NodeParams | undefined {
  return unlessRefused(() => parseNodeParams(text));
}

function unlessRefused<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
