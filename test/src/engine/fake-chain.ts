import type { Answer, Block, Chain, Change, Question } from "../../../src/engine";

const OWNER = `0x${"01".repeat(20)}`;
const CURRENCY = `0x${"02".repeat(20)}`;

/** A chain that says what a test wants, and counts what it is asked. */
export class FakeChain implements Chain {
  asked = 0;
  isDown = false;
  answer: Answer | undefined = { allowed: true, funded: true, until: 2n ** 63n, owner: OWNER, currency: CURRENCY };
  /** Called with each question, before it is answered. */
  whenAsked: (question: Question) => Promise<void> = async () => undefined;
  readonly blocks: (Block & { changes: Change[] })[] = [];

  constructor(private timestamp: number) {
    this.mine();
  }

  get head(): Block {
    return this.blocks.at(-1)!;
  }

  mine(changes: Change[] = [], seconds = 12): void {
    const parent = this.blocks.at(-1);
    this.timestamp += seconds;
    const number = (parent?.number ?? 99) + 1;
    this.blocks.push({
      number,
      hash: `${parent?.hash ?? ""}/${number}`,
      parentHash: parent?.hash ?? "",
      timestamp: this.timestamp,
      changes,
    });
  }

  /** Takes blocks away and puts others in their place. */
  reorganize(depth: number, length = depth): void {
    this.blocks.splice(-depth, depth);
    for (let i = 0; i < length; i += 1) {
      this.mine();
      this.blocks.at(-1)!.hash += "'";
    }
  }

  async latest(): Promise<Block> {
    this.refuseWhenDown();
    return this.head;
  }

  async hashOf(blockNumber: number): Promise<string | undefined> {
    this.refuseWhenDown();
    return this.blocks.find(({ number }) => number === blockNumber)?.hash;
  }

  async changes(fromBlock: number, toBlock: number): Promise<Change[]> {
    this.refuseWhenDown();
    return this.blocks.filter(({ number }) => number >= fromBlock && number <= toBlock).flatMap(({ changes }) => changes);
  }

  async ask(question: Question): Promise<Answer | undefined> {
    this.refuseWhenDown();
    this.asked += 1;
    const { answer } = this;
    await this.whenAsked(question);
    return answer;
  }

  private refuseWhenDown(): void {
    if (this.isDown) throw new Error("connection refused");
  }
}
