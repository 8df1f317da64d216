import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { type AddressLike, dataSlice, getAddress, id, toBeHex } from "ethers";
import { ethers } from "hardhat";

import {
  type AccessRightsHarness,
  AccessRightsHarness__factory,
  type BucketRegistry,
  type IBucketAccess,
  IBucketAccess__factory,
} from "../../cache/typechain-types";
import { withFundedBucket, type WithFundedBucket } from "../fixtures";

export const READ = 1;
export const WRITE = 2;
export const BOTH = 3;
/** What a grant without an end says. */
export const NO_END = 2n ** 40n - 1n;

/** The libraries of access by themselves, and with the events and the errors of the registry. */
export async function deployAccessRights(): Promise<{ harness: AccessRightsHarness; registry: IBucketAccess }> {
  const [deployer] = await ethers.getSigners();
  const harness = await new AccessRightsHarness__factory(deployer).deploy();
  return { harness, registry: IBucketAccess__factory.connect(await harness.getAddress(), deployer) };
}

export interface WithSharing extends WithFundedBucket {
  /** The registry as the bucket's owner calls it. */
  mine: BucketRegistry;
  /** Somebody to share with, and somebody else. */
  friend: HardhatEthersSigner;
  other: HardhatEthersSigner;
}

/** The fixtures' bucket, which is covered, and two people who have nothing to do with it. */
export async function withSharing(): Promise<WithSharing> {
  const fixture = await withFundedBucket();
  return { ...fixture, mine: fixture.bucketRegistry.connect(fixture.owner), friend: fixture.stranger, other: fixture.otherManager };
}

/** Whether somebody may read a bucket, may write it, and may both. */
export async function rightsOf(registry: BucketRegistry, bucketId: bigint, account: AddressLike): Promise<[boolean, boolean, boolean]> {
  const answers = await Promise.all([READ, WRITE, BOTH].map((right) => registry.canAccess(bucketId, account, right)));
  const [read, write, both] = answers.map(({ allowed }) => allowed);
  return [read!, write!, both!];
}

export const NONE: [boolean, boolean, boolean] = [false, false, false];
export const READS: [boolean, boolean, boolean] = [true, false, false];
export const WRITES: [boolean, boolean, boolean] = [false, true, false];
export const ALL: [boolean, boolean, boolean] = [true, true, true];

/** Something as long as a wrapped key; each number another. */
export function keyNumber(number: number, length = 97): string {
  return toBeHex(BigInt(id(`key ${number}`)), 32) + "ab".repeat(length - 32);
}

/** One of many accounts. */
export function accountNumber(number: number): string {
  return getAddress(dataSlice(id(`account ${number}`), 12));
}

/** Lets the other owner take the bucket over. */
export async function transferBucket(
  { bucketRegistry, otherOwner }: WithFundedBucket,
  mine: BucketRegistry,
  bucketId: bigint,
): Promise<void> {
  await mine.offerBucket(bucketId, otherOwner);
  await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, 2n ** 128n - 1n);
}
