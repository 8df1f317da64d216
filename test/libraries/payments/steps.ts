import { toBeHex, zeroPadValue } from "ethers";

import { Random } from "../../helpers/random";

// What happens on random walks of accounts that pay clusters: drawn without knowing what there is, so that all walks share it.

export const ACCOUNTS = 6;
export const CLUSTERS = 4;
/** All that a cluster serves. */
export const SHARE = 2n ** 32n;
/** At which the currency was listed. */
export const PER_SECOND = 10n ** 18n;
const HOUR = PER_SECOND * 3_600n;
/** More ticks than there are. */
export const ALL_TICKS = 10n ** 9n;

export type Step =
  | { kind: "wait"; growth: bigint }
  | { kind: "deposit" | "credit"; account: number; amount: bigint }
  /** Of the balance; a thousand: all of it. */
  | { kind: "withdraw"; account: number; thousandths: bigint }
  | { kind: "touch"; account: number }
  | { kind: "raise"; account: number; cluster: number; rate: bigint }
  /** One of the account's streams, by all of its rate or by half of it. */
  | { kind: "lower"; account: number; picked: number; all: boolean }
  | { kind: "settle"; account: number; cluster: number; maxTicks: bigint }
  | { kind: "take"; cluster: number; maxTicks: bigint }
  | { kind: "share"; cluster: number; share: bigint };

const KINDS: readonly Step["kind"][] = ["wait", "deposit", "credit", "withdraw", "touch", "raise", "lower", "settle", "take", "share"];

export const STEPS = Number(process.env.DDC_STEPS ?? 150);
export const SEEDS = (process.env.DDC_SEED ?? "1,2,3").split(",").map(Number);

export const address = (account: number): string => zeroPadValue(toBeHex(account + 1), 20);

/** The steps of a walk, one after the other. The first cluster serves all that it is paid for, always. */
export function* stepsOf(seed: number, count: number, without: Step["kind"][] = []): Generator<Step> {
  const random = new Random(seed);
  const kinds = KINDS.filter((kind) => !without.includes(kind));
  for (let i = 0; i < count; i++) yield drawStep(random, random.chance(33) ? "wait" : random.pick(kinds));
}

function drawStep(random: Random, kind: Step["kind"]): Step {
  const account = random.between(0, ACCOUNTS - 1);
  const cluster = random.between(0, CLUSTERS - 1);
  const maxTicks = random.pick([0n, 1n, 2n, ALL_TICKS]);
  const rest = BigInt(random.between(0, 999));
  switch (kind) {
    case "wait":
      return { kind, growth: (HOUR * random.pick([0n, 1n, 7n, 40n, 300n, 2_000n, 9_000n, 30_000n])) / 7n + rest };
    case "deposit":
    case "credit":
      return { kind, account, amount: random.pick([1n, 40n, 900n, 1_000n]) * 10n ** random.pick([0n, 18n, 40n, 42n]) + rest };
    case "withdraw":
      return { kind, account, thousandths: random.chance(25) ? 1_000n : rest };
    case "touch":
      return { kind, account };
    case "raise":
      return { kind, account, cluster, rate: random.pick([1n, 3n, 500n]) * 10n ** random.pick([0n, 17n, 18n, 19n]) + rest / 10n };
    case "lower":
      return { kind, account, picked: random.between(0, 99), all: random.chance(50) };
    case "settle":
      return { kind, account, cluster, maxTicks };
    case "take":
      return { kind, cluster, maxTicks };
    case "share":
      return { kind, cluster: random.between(1, CLUSTERS - 1), share: random.pick([0n, SHARE, SHARE / 3n, SHARE / 2n]) };
  }
}
