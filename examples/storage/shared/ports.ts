import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** The port that is asked for, or for 0 one that is free now: a node says in the registry where it will be before it listens. */
export async function freePort(host: string, port: number): Promise<number> {
  if (port !== 0) return port;
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port: free } = server.address() as AddressInfo;
  server.close();
  return free;
}
