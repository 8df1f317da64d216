import { type ContractRunner, ZeroAddress, getAddress } from "ethers";

import {
  type IAccessManager,
  IAccessManager__factory,
  type IAccountRegistry,
  IAccountRegistry__factory,
  type IBucketRegistry,
  IBucketRegistry__factory,
  type IClusterRegistry,
  IClusterRegistry__factory,
  type INodeRegistry,
  INodeRegistry__factory,
  type IPriceRegistry,
  IPriceRegistry__factory,
  type IStorageProofs,
  IStorageProofs__factory,
  type ITermsRegistry,
  ITermsRegistry__factory,
} from "./bindings";

/** The zero address: what the registries call the native currency of a chain. */
export const NATIVE = ZeroAddress;

/** Stands for no address: no manager, owner, prover or feed, and no filter of a list. */
export const ZERO_ADDRESS = ZeroAddress;

/** Where the contracts of a network are. */
export interface Addresses {
  accountRegistry: string;
  priceRegistry: string;
  nodeRegistry: string;
  clusterRegistry: string;
  bucketRegistry: string;
  termsRegistry: string;
  storageProofs: string;
  accessManager: string;
}

/** The contracts of a network, typed. */
export interface Registries {
  accountRegistry: IAccountRegistry;
  priceRegistry: IPriceRegistry;
  nodeRegistry: INodeRegistry;
  clusterRegistry: IClusterRegistry;
  bucketRegistry: IBucketRegistry;
  termsRegistry: ITermsRegistry;
  storageProofs: IStorageProofs;
  accessManager: IAccessManager;
}

/** @param runner A provider for reading, or a signer for sending. */
export function connectRegistries(addresses: Addresses, runner: ContractRunner): Registries {
  return {
    accountRegistry: IAccountRegistry__factory.connect(addresses.accountRegistry, runner),
    priceRegistry: IPriceRegistry__factory.connect(addresses.priceRegistry, runner),
    nodeRegistry: INodeRegistry__factory.connect(addresses.nodeRegistry, runner),
    clusterRegistry: IClusterRegistry__factory.connect(addresses.clusterRegistry, runner),
    bucketRegistry: IBucketRegistry__factory.connect(addresses.bucketRegistry, runner),
    termsRegistry: ITermsRegistry__factory.connect(addresses.termsRegistry, runner),
    storageProofs: IStorageProofs__factory.connect(addresses.storageProofs, runner),
    accessManager: IAccessManager__factory.connect(addresses.accessManager, runner),
  };
}

export function isNative(currency: string): boolean {
  return getAddress(currency) === NATIVE;
}
