// A gateway as a process; its settings come from the environment. See ../README.md.
import { run } from "../shared/run";
import { startGateway } from "./gateway";

void run(({ settings, network }) =>
  startGateway({
    network,
    directory: settings.DDC_DATA,
    url: settings.DDC_URL,
    host: settings.DDC_HOST,
    port: settings.DDC_PORT,
    providerKey: settings.DDC_PROVIDER_KEY,
    rentPerMonth: settings.DDC_RENT,
    capacity: settings.DDC_CAPACITY,
    params: {
      engine: { name: "gateway", version: "1.0.0" },
      ...(settings.DDC_REGION === undefined ? {} : { region: settings.DDC_REGION }),
    },
    authorizer: { silentSeconds: settings.DDC_SILENT_SECONDS },
    server: { logLevel: settings.DDC_LOG, maxFileBytes: settings.DDC_MAX_FILE_BYTES },
  }),
);
