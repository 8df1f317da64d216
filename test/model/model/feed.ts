import type { Message, State } from "./state";

/** The feed from which the price of one currency comes. */
export class FeedModel {
  constructor(private readonly state: State) {}

  setAnswer(_message: Message, answer: bigint): void {
    for (const { feed } of this.state.currencies.values()) {
      if (feed === undefined) continue;
      feed.answer = answer;
      feed.answeredAt = this.state.now;
    }
  }
}
