import { FetchRequest, JsonRpcProvider, type Provider } from "ethers";

import { type Addresses, type Registries, connectRegistries, type engine } from "../../../src";

/** The contracts as a program outside the chain reaches them. */
export interface Network {
  provider: Provider;
  registries: Registries;
  addresses: Addresses;
  realm: engine.Realm;
  close: () => void;
}

/** An endpoint that takes longer counts as gone. */
const TIMEOUT = 5_000;

/** @throws if the endpoint does not answer. */
export async function openNetwork(url: string, addresses: Addresses): Promise<Network> {
  const request = new FetchRequest(url);
  request.timeout = TIMEOUT;
  const network = await detect(request);
  // Nothing is remembered here: a node that starts anew at once would take a transaction number twice.
  const provider = new JsonRpcProvider(request, network, { staticNetwork: network, cacheTimeout: -1 });
  return {
    provider,
    addresses,
    registries: connectRegistries(addresses, provider),
    realm: { chainId: network.chainId, bucketRegistry: addresses.bucketRegistry },
    close: () => {
      provider.destroy();
    },
  };
}

async function detect(request: FetchRequest): Promise<Awaited<ReturnType<JsonRpcProvider["_detectNetwork"]>>> {
  const provider = new JsonRpcProvider(request);
  try {
    // Unlike `getNetwork`, this does not try forever.
    return await provider._detectNetwork();
  } finally {
    provider.destroy();
  }
}
