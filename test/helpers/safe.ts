import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { Contract, Interface, type TransactionResponse, ZeroAddress, concat } from "ethers";
import hre, { ethers } from "hardhat";

import { createSafe } from "../../deployment/safe";
import type { Call } from "../../src";

const abi = new Interface([
  "function VERSION() view returns (string)",
  "function getOwners() view returns (address[])",
  "function getThreshold() view returns (uint256)",
  "function nonce() view returns (uint256)",
  "function approveHash(bytes32 hash)",
  "function getTransactionHash(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 nonce) view returns (bytes32)",
  "function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool)",
  "event ExecutionSuccess(bytes32 indexed txHash, uint256 payment)",
  "event SafeReceived(address indexed sender, uint256 value)",
]);
const TRANSACTION = {
  SafeTx: [
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "data", type: "bytes" },
    { name: "operation", type: "uint8" },
    { name: "safeTxGas", type: "uint256" },
    { name: "baseGas", type: "uint256" },
    { name: "gasPrice", type: "uint256" },
    { name: "gasToken", type: "address" },
    { name: "refundReceiver", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

export type SafeCall = Pick<Call, "to" | "data"> & { value?: bigint };

/** A Safe as its app uses it: owners sign off chain, and anyone hands their signatures in. */
export class TestSafe {
  private constructor(
    readonly address: string,
    readonly contract: Contract,
  ) {}

  static async create(owners: readonly { address: string }[], threshold: bigint): Promise<TestSafe> {
    const address = await createSafe(
      hre,
      owners.map((owner) => owner.address),
      threshold,
    );
    return new TestSafe(address, new Contract(address, abi, ethers.provider));
  }

  /** The signatures of some owners, in the order that the Safe asks for. */
  async sign(call: SafeCall, owners: readonly HardhatEthersSigner[]): Promise<string> {
    const { chainId } = await ethers.provider.getNetwork();
    const values = { ...this.#rest(call), nonce: (await this.contract.getFunction("nonce")()) as bigint };
    const ordered = [...owners].sort((one, other) => (BigInt(one.address) < BigInt(other.address) ? -1 : 1));
    const domain = { chainId, verifyingContract: this.address };
    return concat(await Promise.all(ordered.map((owner) => owner.signTypedData(domain, TRANSACTION, values))));
  }

  /** Hands a call in with signatures. */
  async execute(call: SafeCall, signatures: string, from: HardhatEthersSigner): Promise<TransactionResponse> {
    const data = abi.encodeFunctionData("execTransaction", [...Object.values(this.#rest(call)), signatures]);
    return from.sendTransaction({ to: this.address, data });
  }

  /** Approves a hash on chain. */
  async approve(hash: string, from: HardhatEthersSigner): Promise<TransactionResponse> {
    return from.sendTransaction({ to: this.address, data: abi.encodeFunctionData("approveHash", [hash]) });
  }

  /** Lets the Safe make a call that its owners have signed; the first of them hands it in. */
  async make(call: SafeCall, owners: readonly [HardhatEthersSigner, ...HardhatEthersSigner[]]): Promise<TransactionResponse> {
    return this.execute(call, await this.sign(call, owners), owners[0]);
  }

  #rest({ to, value = 0n, data }: SafeCall) {
    return {
      to,
      value,
      data,
      operation: 0,
      safeTxGas: 0,
      baseGas: 0,
      gasPrice: 0,
      gasToken: ZeroAddress,
      refundReceiver: ZeroAddress,
    };
  }
}
