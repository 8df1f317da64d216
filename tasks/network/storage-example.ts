import { TASK_NODE_CREATE_SERVER } from "hardhat/builtin-tasks/task-names";
import { task } from "hardhat/config";
import type { HardhatRuntimeEnvironment, HttpNetworkConfig, JsonRpcServer } from "hardhat/types";

import { plainError } from "../../deployment/errors";
import { runStorageDemo } from "../../examples/storage/demo/demo";
import { explain } from "../../src";
import { DemoContext } from "../example/demo-context";

task("network:storage-example", "Plays the storage example: six storage nodes, a gateway, and those who use them").setAction(
  async (_, hre) => {
    let server: JsonRpcServer | undefined;
    try {
      const context = await DemoContext.open(hre);
      if (hre.network.name === "hardhat") server = await openToOthers(hre);
      const url = server === undefined ? (hre.network.config as HttpNetworkConfig).url : await listen(server);
      await runStorageDemo(context, url);
    } catch (error) {
      // The tasks explain what they refuse by themselves.
      throw plainError(explain(error).message);
    } finally {
      await server?.close();
    }
  },
);

/** The embedded chain for other processes. */
function openToOthers(hre: HardhatRuntimeEnvironment): Promise<JsonRpcServer> {
  return hre.run(TASK_NODE_CREATE_SERVER, { hostname: "127.0.0.1", port: 0, provider: hre.network.provider }) as Promise<JsonRpcServer>;
}

async function listen(server: JsonRpcServer): Promise<string> {
  const { address, port } = await server.listen();
  return `http://${address}:${port}`;
}
