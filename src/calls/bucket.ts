import { IBucketRegistry__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import { formatUsd } from "../units";
import { type Funding, fundingOf } from "./account";
import { type Call, currencyName } from "./call";

type Registry = Pick<Addresses, "bucketRegistry">;
interface Id {
  bucketId: bigint;
}

const abi = IBucketRegistry__factory.createInterface();

export function createBucket({ bucketRegistry: to }: Registry, input: { clusterId: bigint; params: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("createBucket", [input.clusterId, input.params]),
    value: 0n,
    description: `create a bucket in cluster ${input.clusterId}`,
  };
}

/**
 * Creates a bucket, deposits and allocates, all at once.
 * @param input.resource Units per vnode.
 * @param input.maxRentPerUnit The most that the caller agrees to: USD (18 decimals) per unit, per month.
 * @param input.funding The caller's deposit.
 */
export function openBucket(
  { bucketRegistry: to }: Registry,
  input: { clusterId: bigint; params: string; resource: bigint; maxRentPerUnit: bigint; funding: Funding },
): Call {
  const { clusterId, params, resource, maxRentPerUnit } = input;
  const { funding, value } = fundingOf(input.funding);
  const deposit = `deposit ${funding.amount} base units of ${currencyName(input.funding.currency)}`;
  return {
    to,
    data: abi.encodeFunctionData("openBucket", [clusterId, params, resource, maxRentPerUnit, funding]),
    value,
    description: `${deposit} and open a bucket of ${resource} units in cluster ${clusterId}, at no more than ${formatUsd(maxRentPerUnit)} USD per unit, per month`,
  };
}

/** @param input.maxRentPerUnit The most that the caller agrees to: USD (18 decimals) per unit, per month. */
export function allocate({ bucketRegistry: to }: Registry, input: Id & { resource: bigint; maxRentPerUnit: bigint }): Call {
  const { bucketId, resource, maxRentPerUnit } = input;
  return {
    to,
    data: abi.encodeFunctionData("allocate", [bucketId, resource, maxRentPerUnit]),
    value: 0n,
    description: `allocate ${resource} units to bucket ${bucketId}, at no more than ${formatUsd(maxRentPerUnit)} USD per unit, per month`,
  };
}

export function release({ bucketRegistry: to }: Registry, input: Id & { resource: bigint }): Call {
  return {
    to,
    data: abi.encodeFunctionData("release", [input.bucketId, input.resource]),
    value: 0n,
    description: `release ${input.resource} units of bucket ${input.bucketId}`,
  };
}

export function setResourceCap({ bucketRegistry: to }: Registry, input: Id & { resource: bigint; maxRentPerUnit: bigint }): Call {
  const { bucketId, resource, maxRentPerUnit } = input;
  return {
    to,
    data: abi.encodeFunctionData("setResourceCap", [bucketId, resource, maxRentPerUnit]),
    value: 0n,
    description: `let the manager allocate up to ${resource} units to bucket ${bucketId}, at no more than ${formatUsd(maxRentPerUnit)} USD each`,
  };
}

export function reclaim({ bucketRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("reclaim", [input.bucketId]),
    value: 0n,
    description: `reclaim the unpaid resource of bucket ${input.bucketId}`,
  };
}

export function endBucket({ bucketRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("endBucket", [input.bucketId]),
    value: 0n,
    description: `end bucket ${input.bucketId}`,
  };
}

export function settlePayment({ bucketRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("settlePayment", [input.bucketId]),
    value: 0n,
    description: `settle the payment of bucket ${input.bucketId}`,
  };
}

export function settlePayments({ bucketRegistry: to }: Registry, input: { bucketIds: bigint[] }): Call {
  return {
    to,
    data: abi.encodeFunctionData("settlePayments", [input.bucketIds]),
    value: 0n,
    description: `settle the payments of buckets ${input.bucketIds.join(", ")}`,
  };
}

export function changeBucketParams({ bucketRegistry: to }: Registry, input: Id & { params: string }): Call {
  return {
    to,
    data: abi.encodeFunctionData("changeBucketParams", [input.bucketId, input.params]),
    value: 0n,
    description: `change the params of bucket ${input.bucketId}`,
  };
}

/** @param input.owner Zero withdraws the offer. */
export function offerBucket({ bucketRegistry: to }: Registry, input: Id & { owner: string }): Call {
  const { bucketId, owner } = input;
  return {
    to,
    data: abi.encodeFunctionData("offerBucket", [bucketId, owner]),
    value: 0n,
    description: isNative(owner) ? `withdraw the offer of bucket ${bucketId}` : `offer bucket ${bucketId} to ${owner}`,
  };
}

/** @param input.maxRatePerMonth The most that the new owner agrees to pay: USD (18 decimals) per month. */
export function acceptBucket({ bucketRegistry: to }: Registry, input: Id & { maxRatePerMonth: bigint }): Call {
  const { bucketId, maxRatePerMonth } = input;
  return {
    to,
    data: abi.encodeFunctionData("acceptBucket", [bucketId, maxRatePerMonth]),
    value: 0n,
    description: `take over bucket ${bucketId}, paying no more than ${formatUsd(maxRatePerMonth)} USD per month`,
  };
}

export function closeBucket({ bucketRegistry: to }: Registry, input: Id): Call {
  return {
    to,
    data: abi.encodeFunctionData("closeBucket", [input.bucketId]),
    value: 0n,
    description: `close bucket ${input.bucketId}`,
  };
}
