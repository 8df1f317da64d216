import { type BaseContract, type BlockTag, Interface } from "ethers";

const abi = new Interface(["function multicall(bytes[] data) returns (bytes[] results)"]);

/** Simulates some calls to a registry, each on the state after the ones before it. Nothing is sent. */
export async function simulateTogether(registry: BaseContract, calls: readonly string[], blockTag: BlockTag): Promise<string[]> {
  const provider = registry.runner?.provider;
  if (provider === null || provider === undefined) throw new Error("the registry is not connected to a network");
  const data = abi.encodeFunctionData("multicall", [calls]);
  const answer = await provider.call({ to: await registry.getAddress(), data, blockTag });
  const [results] = abi.decodeFunctionResult("multicall", answer) as unknown as [string[]];
  return [...results];
}
