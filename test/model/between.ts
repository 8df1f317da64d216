/** What a number may be. */
export class Between {
  constructor(
    readonly least: bigint,
    readonly most: bigint,
  ) {}

  holds(value: bigint): boolean {
    return value >= this.least && value <= this.most;
  }

  toString(): string {
    return this.least === this.most ? String(this.least) : `from ${this.least} to ${this.most}`;
  }
}
