import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { engine } from "../../../src";
import { openNonceLog, recoverSignerNatively } from "../../../src/engine/node";
import { Replicas } from "../client/replicas";
import { loadIdentity, publicKeyOf } from "../node/identity";
import type { NodeSettings, RunningNode } from "../node/node";
import { register } from "../node/register";
import { freePort } from "../shared/ports";
import { type GatewayOptions, createGateway } from "./server";

export type GatewaySettings = Omit<NodeSettings, "repairSeconds" | "store" | "server"> & { server?: GatewayOptions };

/** Starts a gateway: a node like others in the registry, in a cluster of its own, which keeps nothing. */
export async function startGateway(settings: GatewaySettings): Promise<Omit<RunningNode, "repair">> {
  const { network, directory, host = "127.0.0.1" } = settings;
  await mkdir(directory, { recursive: true });
  const identity = await loadIdentity(directory);
  const nonces = await openNonceLog(join(directory, "nonces"), Math.floor(Date.now() / 1_000));
  const authorizer = new engine.Authorizer(engine.registriesChain(network.registries), settings.authorizer);
  await authorizer.start();

  const contracts = engine.contractSignatures({ caller: network.provider, head: () => authorizer.block?.number ?? 0 });
  const port = await freePort(host, settings.port ?? 0);
  const url = settings.url ?? `http://${host}:${port}`;
  const nodeId = await register(network, { ...settings, params: { ...settings.params, url, publicKey: publicKeyOf(identity) } });
  const verifier = new engine.RequestVerifier({ realm: network.realm, nodeId, contracts, recover: recoverSignerNatively });
  const replicas = new Replicas({ router: new engine.Router(network.registries), realm: network.realm });
  const admission = new engine.Admission({ verifier, authorizer, nonces });
  const app = createGateway({ nodeId, identity, admission, replicas, authorizer }, settings.server);
  await app.listen({ host, port });
  app.log.info({ node: Number(nodeId), url }, "a gateway is listening");
  return {
    nodeId,
    url,
    app,
    async close() {
      authorizer.stop();
      await app.close();
      await nonces.close();
    },
  };
}
