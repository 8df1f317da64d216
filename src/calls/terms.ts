import { ITermsRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { formatBps } from "../units";
import { type Funding, fundingOf } from "./account";
import { type Call, currencyName } from "./call";

type Registry = Pick<Addresses, "termsRegistry">;
interface Id {
  clusterId: bigint;
}
interface InCluster extends Id {
  nodeId: bigint;
}
/** Why a validator does something: a short code, and a hash or a link. */
interface Reason {
  code: bigint;
  reference: string;
}

const abi = ITermsRegistry__factory.createInterface();

/**
 * @param input.terms The cluster's terms; `validator` zero: the caller. Amounts in base units of the currency,
 * notices in seconds.
 */
export function createClusterWithTerms(
  { termsRegistry: to }: Registry,
  input: {
    terms: {
      validator: string;
      bondPerVnode: bigint;
      maxSlashBps: bigint;
      leavingNotice: bigint;
      validatorNotice: bigint;
    };
    currency: string;
    vnodeCount: bigint;
    managementFeeBps: bigint;
    params: string;
  },
): Call {
  const { terms, currency, vnodeCount, managementFeeBps, params } = input;
  return {
    to,
    data: abi.encodeFunctionData("createClusterWithTerms", [terms, currency, vnodeCount, managementFeeBps, params]),
    value: 0n,
    description: `create a cluster of ${vnodeCount} vacant vnodes, with terms of its own`,
  };
}

/** Vnode `i` goes to `nodeIds[i % nodeIds.length]`. */
export function fillCluster({ termsRegistry: to }: Registry, input: Id & { nodeIds: bigint[] }): Call {
  const { clusterId, nodeIds } = input;
  return {
    to,
    data: abi.encodeFunctionData("fillCluster", [clusterId, nodeIds]),
    value: 0n,
    description: `put the vnodes of cluster ${clusterId} on nodes ${nodeIds.join(", ")}`,
  };
}

/** @param input.allVacant All the vnodes that became vacant with this one, or this one alone. */
export function fillVacancy({ termsRegistry: to }: Registry, input: InCluster & { vnodeIndex: bigint; allVacant: boolean }): Call {
  const { clusterId, vnodeIndex, nodeId, allVacant } = input;
  const what = allVacant ? `vnode ${vnodeIndex}, and those that became vacant with it,` : `vnode ${vnodeIndex}`;
  return {
    to,
    data: abi.encodeFunctionData("fillVacancy", [clusterId, vnodeIndex, nodeId, allVacant]),
    value: 0n,
    description: `let node ${nodeId} serve ${what} of cluster ${clusterId}`,
  };
}

export function acceptTerms({ termsRegistry: to }: Registry, input: InCluster): Call {
  return {
    to,
    data: abi.encodeFunctionData("acceptTerms", [input.clusterId, input.nodeId]),
    value: 0n,
    description: `accept the terms of cluster ${input.clusterId} for node ${input.nodeId}`,
  };
}

/**
 * Agrees to the terms, deposits and posts a bond, all at once.
 * @param input.bond Base units, out of the caller's account.
 * @param input.funding The caller's deposit before the call.
 */
export function acceptTermsWithBond({ termsRegistry: to }: Registry, input: InCluster & { bond: bigint; funding: Funding }): Call {
  const { clusterId, nodeId, bond } = input;
  const { funding, value } = fundingOf(input.funding);
  const deposit = `deposit ${funding.amount} base units of ${currencyName(input.funding.currency)}`;
  return {
    to,
    data: abi.encodeFunctionData("acceptTermsWithBond", [clusterId, nodeId, bond, funding]),
    value,
    description: `${deposit}, accept the terms of cluster ${clusterId} for node ${nodeId} and post a bond of ${bond} base units`,
  };
}

/** @param input.amount Base units of the cluster's currency, out of the caller's account. */
export function postBond({ termsRegistry: to }: Registry, input: InCluster & { amount: bigint }): Call {
  const { clusterId, nodeId, amount } = input;
  return {
    to,
    data: abi.encodeFunctionData("postBond", [clusterId, nodeId, amount]),
    value: 0n,
    description: `post ${amount} base units as a bond for node ${nodeId} in cluster ${clusterId}`,
  };
}

/** @param input.amount Base units of the cluster's currency; the largest `uint256`: all that may be returned. */
export function withdrawBond({ termsRegistry: to }: Registry, input: InCluster & { amount: bigint }): Call {
  const { clusterId, nodeId, amount } = input;
  return {
    to,
    data: abi.encodeFunctionData("withdrawBond", [clusterId, nodeId, amount]),
    value: 0n,
    description: `withdraw the free bond of node ${nodeId} in cluster ${clusterId}`,
  };
}

export function reportQuality({ termsRegistry: to }: Registry, input: InCluster & Reason & { qualityBps: bigint }): Call {
  const { clusterId, nodeId, qualityBps, code, reference } = input;
  return {
    to,
    data: abi.encodeFunctionData("reportQuality", [clusterId, nodeId, qualityBps, code, reference]),
    value: 0n,
    description: `report a quality of ${formatBps(qualityBps)} for node ${nodeId} in cluster ${clusterId}`,
  };
}

/** @param input.amount Base units of the cluster's currency. */
export function slash({ termsRegistry: to }: Registry, input: InCluster & Reason & { amount: bigint }): Call {
  const { clusterId, nodeId, amount, code, reference } = input;
  return {
    to,
    data: abi.encodeFunctionData("slash", [clusterId, nodeId, amount, code, reference]),
    value: 0n,
    description: `slash ${amount} base units of the bond of node ${nodeId} in cluster ${clusterId}`,
  };
}

export function vacateUncovered({ termsRegistry: to }: Registry, input: InCluster): Call {
  return {
    to,
    data: abi.encodeFunctionData("vacateUncovered", [input.clusterId, input.nodeId]),
    value: 0n,
    description: `vacate the vnodes of node ${input.nodeId} in cluster ${input.clusterId} that its bond does not cover`,
  };
}

export function announceExit({ termsRegistry: to }: Registry, input: InCluster): Call {
  return {
    to,
    data: abi.encodeFunctionData("announceExit", [input.clusterId, input.nodeId]),
    value: 0n,
    description: `announce that node ${input.nodeId} leaves cluster ${input.clusterId}`,
  };
}

export function finishExit({ termsRegistry: to }: Registry, input: InCluster): Call {
  return {
    to,
    data: abi.encodeFunctionData("finishExit", [input.clusterId, input.nodeId]),
    value: 0n,
    description: `let node ${input.nodeId} leave cluster ${input.clusterId}`,
  };
}

/** @param input.validator Zero takes the announcement back. */
export function offerValidator({ termsRegistry: to }: Registry, input: Id & { validator: string }): Call {
  const { clusterId, validator } = input;
  return {
    to,
    data: abi.encodeFunctionData("offerValidator", [clusterId, validator]),
    value: 0n,
    description: isNative(validator)
      ? `keep the validator of cluster ${clusterId}`
      : `announce ${validator} as the validator of cluster ${clusterId}`,
  };
}

export function finishValidator({ termsRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("finishValidator", [input.clusterId]),
    value: 0n,
    description: `let the announced validator of cluster ${input.clusterId} take office`,
  };
}
