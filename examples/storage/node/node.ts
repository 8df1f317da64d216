import { join } from "node:path";

import type { FastifyInstance } from "fastify";

import { type NodeParams, engine } from "../../../src";
import { openNonceLog, recoverSignerNatively } from "../../../src/engine/node";
import type { Network } from "../shared/network";
import { freePort } from "../shared/ports";
import { loadIdentity, publicKeyOf } from "./identity";
import { Peers } from "./peers";
import { register } from "./register";
import { Repair } from "./repair";
import { type StorageOptions, createStorageServer } from "./server";
import { Store, type StoreOptions } from "./store";

export interface NodeSettings {
  network: Network;
  /** Where everything is kept; for one process. */
  directory: string;
  /** Where others reach the node; without it, at the port that it listens on, on this machine. */
  url?: string;
  host?: string;
  /** 0: any that is free. */
  port?: number;
  providerKey: string;
  rentPerMonth: bigint;
  capacity: bigint;
  params?: Omit<NodeParams, "url" | "publicKey">;
  repairSeconds?: number;
  authorizer?: engine.AuthorizerOptions;
  store?: StoreOptions;
  server?: StorageOptions;
}

export interface RunningNode {
  nodeId: bigint;
  url: string;
  app: FastifyInstance;
  repair: Repair;
  close: () => Promise<void>;
}

const REPAIR_SECONDS = 600;
/** A node that answers thousands of requests a second remembers their nonces for minutes. */
const NONCES = { total: 1_000_000, perAccount: 600_000 };

/** Starts a storage node: it listens, is in the registry under its URL, and fetches what it has missed. */
export async function startNode(settings: NodeSettings): Promise<RunningNode> {
  const { network, directory, host = "127.0.0.1", port = 0, server } = settings;
  const store = await Store.open(join(directory, "files"), settings.store);
  const identity = await loadIdentity(directory);
  const nonces = await openNonceLog(join(directory, "nonces"), Math.floor(Date.now() / 1_000), NONCES);
  const authorizer = new engine.Authorizer(engine.registriesChain(network.registries), settings.authorizer);
  await authorizer.start();

  const contracts = engine.contractSignatures({ caller: network.provider, head: () => authorizer.block?.number ?? 0 });
  const router = new engine.Router(network.registries);
  const peers = new Peers(network);
  const listening = await freePort(host, port);
  const url = settings.url ?? `http://${host}:${listening}`;
  const params = { ...settings.params, url, publicKey: publicKeyOf(identity) };
  const nodeId = await register(network, { ...settings, params });

  const verifier = new engine.RequestVerifier({ realm: network.realm, nodeId, contracts, recover: recoverSignerNatively });
  const app = createStorageServer(
    {
      nodeId,
      store,
      router,
      authorizer,
      admission: new engine.Admission({ verifier, authorizer, nonces }),
      peers: new engine.Admission({ verifier, authorizer: peers, nonces }),
    },
    server,
  );
  const proofs = { realm: network.realm, contracts };
  const repair = new Repair({ network, nodeId, identity, store, router, authorizer, peers, proofs, log: app.log });
  // Repair comes first: until then the node would serve old versions.
  await repair.run();
  await app.listen({ host, port: listening });
  const timer = setInterval(
    () => {
      repair.run().catch((error: unknown) => {
        app.log.warn({ cause: String(error) }, "cannot look for what is missing");
      });
    },
    (settings.repairSeconds ?? REPAIR_SECONDS) * 1_000,
  );
  app.log.info({ node: Number(nodeId), url }, "a storage node is listening");

  return {
    nodeId,
    url,
    app,
    repair,
    async close() {
      clearInterval(timer);
      authorizer.stop();
      await app.close();
      await repair.idle();
      await nonces.close();
      await store.close();
    },
  };
}
