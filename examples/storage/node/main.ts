// A storage node as a process; its settings come from the environment. See ../README.md.
import { run } from "../shared/run";
import { startNode } from "./node";

void run(({ settings, network }) =>
  startNode({
    network,
    directory: settings.DDC_DATA,
    url: settings.DDC_URL,
    host: settings.DDC_HOST,
    port: settings.DDC_PORT,
    providerKey: settings.DDC_PROVIDER_KEY,
    rentPerMonth: settings.DDC_RENT,
    capacity: settings.DDC_CAPACITY,
    params: {
      engine: { name: "storage", version: "1.0.0" },
      ...(settings.DDC_REGION === undefined ? {} : { region: settings.DDC_REGION }),
    },
    repairSeconds: settings.DDC_REPAIR_SECONDS,
    authorizer: { silentSeconds: settings.DDC_SILENT_SECONDS },
    store: { maxFileBytes: settings.DDC_MAX_FILE_BYTES, minFreeBytes: settings.DDC_MIN_FREE_BYTES },
    server: { logLevel: settings.DDC_LOG },
  }),
);
