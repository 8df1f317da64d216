import { parseUnits } from "ethers";
import { z } from "zod";

import { UserError } from "../../../src";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "has to be an address");
const key = z.string().regex(/^(0x)?[0-9a-fA-F]{64}$/, "has to be a private key");
const json = <T extends z.ZodType>(schema: T): z.ZodPipe<z.ZodTransform<unknown, string>, T> =>
  z
    .transform((text: string, context): unknown => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.issues.push({ code: "custom", message: "has to be JSON", input: text });
        return z.NEVER;
      }
    })
    .pipe(schema);

const settingsSchema = z.object({
  /** A JSON-RPC endpoint. */
  DDC_RPC_URL: z.url().default("http://127.0.0.1:8545"),
  /** Where the contracts are. */
  DDC_CONTRACTS: json(
    z.object({
      accountRegistry: address,
      priceRegistry: address,
      nodeRegistry: address,
      clusterRegistry: address,
      bucketRegistry: address,
      termsRegistry: address,
      storageProofs: address,
      accessManager: address,
    }),
  ),
  /** The provider of the node. */
  DDC_PROVIDER_KEY: key,
  /** Where everything is kept. */
  DDC_DATA: z.string().min(1),
  DDC_HOST: z.string().default("127.0.0.1"),
  DDC_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Where others reach the node, if it is not where it listens. */
  DDC_URL: z.url().optional(),
  DDC_REGION: z.string().min(1).optional(),
  /** USD per unit of resource, per vnode, per month. */
  DDC_RENT: z
    .string()
    .regex(/^\d+(\.\d{1,18})?$/, "has to be an amount of USD")
    .default("0")
    .transform((text) => parseUnits(text, 18)),
  /** Units of resource. */
  DDC_CAPACITY: z.coerce.bigint().min(0n).max(0xffff_ffffn).default(0n),
  DDC_REPAIR_SECONDS: z.coerce.number().positive().default(600),
  /** After how long without a word from the chain to refuse everything. */
  DDC_SILENT_SECONDS: z.coerce.number().positive().default(60),
  DDC_MAX_FILE_BYTES: z.coerce.number().int().positive().default(1_073_741_824),
  DDC_MIN_FREE_BYTES: z.coerce.number().int().min(0).default(67_108_864),
  DDC_LOG: z.enum(["silent", "error", "warn", "info"]).default("info"),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Reads the settings from the environment. @throws UserError that names the problems. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const result = settingsSchema.safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  throw new UserError(`The environment is not right. ${problems.join("; ")}.`);
}
