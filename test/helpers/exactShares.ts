import { Fraction } from "../model/fraction";

/** Of all, in basis points. */
const ALL = 10_000n;

/** What a node, or a vacancy, is to a cluster. A vacancy serves nothing. */
export interface Holder {
  /** USD (18 decimals) per month, unit and vnode. */
  rent: bigint;
  qualityBps: bigint;
  provider: string;
}

interface Payer {
  rate: bigint;
  /** What it has paid that was not served, and has not come back to it. */
  unserved: Fraction;
}

const VACANT = "";

/** The share that is not served is counted in so many parts, rounded down. */
const SHARES = 2n ** 32n;

/**
 * An exact account of one cluster whose payers never run out of funds, at a price of 1 USD, in scaled units: who was charged, got back and
 * earned what. It knows nothing of how the contracts count, but that the share that is not served is a number of 2^-32.
 */
export class ExactShares {
  /** What serves each vnode. */
  readonly vnodes: Holder[] = [];
  readonly earned = new Map<string, Fraction>();
  readonly entitled = new Map<string, Fraction>();
  readonly refunded = new Map<string, Fraction>();
  readonly charged = new Map<string, Fraction>();
  fees = { network: Fraction.ZERO, manager: Fraction.ZERO };
  private readonly payers = new Map<string, Payer>();
  /** What has been earned and not distributed. */
  private pool = Fraction.ZERO;

  constructor(
    private time: bigint,
    private readonly networkFeeBps: bigint,
    public managementFeeBps: bigint,
  ) {}

  get nominal(): bigint {
    return this.vnodes.reduce((sum, { rent }) => sum + rent, 0n) * ALL;
  }

  get served(): bigint {
    return this.vnodes.reduce((sum, holder) => sum + weightOf(holder), 0n);
  }

  /** Lets time pass, in which everyone pays. What is served is earned, and the rest is to come back. */
  pass(until: bigint): void {
    const seconds = until - this.time;
    this.time = until;
    const [served, nominal] = [this.served, this.nominal];
    const share = ((nominal - served) * SHARES) / nominal;
    for (const [who, payer] of this.payers) {
      const charged = payer.rate * 10n ** 18n * seconds;
      const unserved = Fraction.of(charged * share, SHARES);
      add(this.charged, who, Fraction.of(charged));
      payer.unserved = payer.unserved.plus(unserved);
      this.pool = this.pool.plus(Fraction.of(charged)).minus(unserved);
      const kept = Fraction.of((ALL - this.networkFeeBps) * (ALL - this.managementFeeBps), ALL * ALL);
      const paid = kept.times(charged);
      for (const holder of this.vnodes.filter(({ provider }) => provider !== VACANT)) {
        add(this.entitled, holder.provider, paid.times(Fraction.of(weightOf(holder), nominal)));
      }
    }
  }

  /** Refunds to a payer what was not served. */
  touch(who: string): void {
    const payer = this.payers.get(who);
    if (!payer) return;
    add(this.refunded, who, payer.unserved);
    payer.unserved = Fraction.ZERO;
  }

  setRate(who: string, rate: bigint): void {
    this.touch(who);
    this.payers.set(who, { rate, unserved: Fraction.ZERO });
  }

  rateOf(who: string): bigint {
    return this.payers.get(who)?.rate ?? 0n;
  }

  distribute(): void {
    const weight = this.served;
    if (weight === 0n) return;
    const network = this.pool.times(Fraction.of(this.networkFeeBps, ALL));
    const manager = this.pool.minus(network).times(Fraction.of(this.managementFeeBps, ALL));
    const shares = this.pool.minus(network).minus(manager);
    this.fees = { network: this.fees.network.plus(network), manager: this.fees.manager.plus(manager) };
    for (const holder of this.vnodes.filter(({ provider }) => provider !== VACANT)) {
      add(this.earned, holder.provider, shares.times(Fraction.of(weightOf(holder), weight)));
    }
    this.pool = Fraction.ZERO;
  }

  /** Lets whoever serves a vnode, or all the vnodes of the same, be another. What was earned before is shared as it was. */
  put(vnodes: readonly number[], holder: Holder): void {
    this.distribute();
    for (const vnode of vnodes) this.vnodes[vnode] = holder;
  }

  /** The vnodes that a node serves, or that became vacant with each other. */
  vnodesOf(holder: Holder | undefined): number[] {
    return this.vnodes.flatMap((other, vnode) => (other === holder ? [vnode] : []));
  }

  vacate(holder: Holder): void {
    this.put(this.vnodesOf(holder), { rent: holder.rent, qualityBps: 0n, provider: VACANT });
  }

  judge(holder: Holder, qualityBps: bigint): void {
    this.distribute();
    holder.qualityBps = qualityBps;
  }

  changeRent(holder: Holder, rent: bigint): void {
    this.distribute();
    holder.rent = rent;
  }

  changeManagementFee(bps: bigint): void {
    this.distribute();
    this.managementFeeBps = bps;
  }
}

export const isVacant = ({ provider }: Holder): boolean => provider === VACANT;

const weightOf = ({ rent, qualityBps }: Holder): bigint => rent * qualityBps;

function add(totals: Map<string, Fraction>, who: string, amount: Fraction): void {
  totals.set(who, (totals.get(who) ?? Fraction.ZERO).plus(amount));
}
