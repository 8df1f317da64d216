import { type Amounts, explain, readEarned, readEarnings } from "../../src";
import { party } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { defineRead } from "../support/define";
import { earningsText } from "../support/earnings";
import { readingProgress } from "../support/reading";
import { progress } from "../support/report";

defineRead({
  name: "account:earnings",
  description: "Shows the earnings of an account, where they are, and the calls that pay them out",
  arguments: { account: party("Account of a provider, a manager or the network") },
  read: async (context, { account }) => {
    const options = { nativeSymbol: context.nativeSymbol, onProgress: readingProgress() };
    const earnings = await readEarnings(context.registries, account, options);
    await context.currencies();
    const earned = await earnedIfKnown(context, account, earnings.blockNumber);
    return [
      { key: "earnings", text: earningsText(context, account, earnings, earned), data: earnings },
      { key: "earned", text: "", data: earned },
    ];
  },
});

/** Credits so far, by currency; undefined where the node lacks old events. */
async function earnedIfKnown({ registries, deployment }: TaskContext, account: string, toBlock: number): Promise<Amounts | undefined> {
  try {
    return await readEarned(registries, account, { fromBlock: deployment.fromBlock, toBlock });
  } catch (error) {
    progress(`The events cannot be read, so earlier credits are unknown. ${explain(error).message}`);
    return undefined;
  }
}
