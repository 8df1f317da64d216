import { explain } from "../../../src";
import { type Network, openNetwork } from "./network";
import { type Settings, readSettings } from "./settings";

/** Runs a server until it is told to end, and says on the first line that it is ready, and where. */
export async function run(
  start: (context: { settings: Settings; network: Network }) => Promise<{ nodeId: bigint; url: string; close: () => Promise<void> }>,
): Promise<void> {
  try {
    const settings = readSettings(process.env);
    const network = await openNetwork(settings.DDC_RPC_URL, settings.DDC_CONTRACTS);
    const { nodeId, url, close } = await start({ settings, network });
    console.log(`ready node=${nodeId} url=${url}`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        void close().then(() => process.exit(0));
      });
    }
  } catch (error) {
    console.error(explain(error).message);
    process.exit(1);
  }
}
