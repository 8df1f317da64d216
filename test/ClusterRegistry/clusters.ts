import { ZeroAddress } from "ethers";

import type { IClusterRegistry } from "../../cache/typechain-types";
import { DEFAULTS, type WithCluster } from "../fixtures";

type Status = IClusterRegistry.ClusterStatusStructOutput;

/** The fields of a cluster by name, in a form in which they can be compared. */
export function fields(cluster: Status | ClusterFields): ClusterFields {
  const { clusterId, manager, offeredTo, currency, vnodeCount, nodeCount } = cluster;
  const { resourcePerVnode, resourceUsed, rentPerUnit, revenues, closed, managementFeeBps, params } = cluster;
  return {
    clusterId,
    manager,
    offeredTo,
    currency,
    vnodeCount,
    nodeCount,
    resourcePerVnode,
    resourceUsed,
    rentPerUnit,
    revenues,
    closed,
    managementFeeBps,
    params,
  };
}

export interface ClusterFields {
  clusterId: bigint;
  manager: string;
  offeredTo: string;
  currency: string;
  vnodeCount: bigint;
  nodeCount: bigint;
  resourcePerVnode: bigint;
  resourceUsed: bigint;
  rentPerUnit: bigint;
  revenues: bigint;
  closed: boolean;
  managementFeeBps: bigint;
  params: string;
}

/** The cluster of the fixture, with whatever a test changed about it. */
export async function clusterWith(
  { manager, testUSD }: Pick<WithCluster, "manager" | "testUSD">,
  changes: Partial<ClusterFields>,
): Promise<ClusterFields> {
  return {
    clusterId: 1n,
    manager: manager.address,
    offeredTo: ZeroAddress,
    currency: await testUSD.getAddress(),
    vnodeCount: DEFAULTS.vnodeCount,
    nodeCount: 3n,
    resourcePerVnode: DEFAULTS.reservedPerVnode,
    resourceUsed: 0n,
    rentPerUnit: DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount,
    revenues: 0n,
    closed: false,
    managementFeeBps: DEFAULTS.managementFeeBps,
    params: "",
    ...changes,
  };
}
