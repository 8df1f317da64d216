/** A rational number, exact, in lowest terms. */
export class Fraction {
  static readonly ZERO = new Fraction(0n, 1n);

  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  /** @param denominator Above zero. */
  static of(numerator: bigint, denominator = 1n): Fraction {
    const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
    return new Fraction(numerator / divisor, denominator / divisor);
  }

  static sum(items: Iterable<Fraction>): Fraction {
    let total = Fraction.ZERO;
    for (const item of items) total = total.plus(item);
    return total;
  }

  plus(other: Fraction): Fraction {
    if (this.denominator === other.denominator) return Fraction.of(this.numerator + other.numerator, this.denominator);
    return Fraction.of(this.numerator * other.denominator + other.numerator * this.denominator, this.denominator * other.denominator);
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.numerator, other.denominator));
  }

  times(other: Fraction | bigint): Fraction {
    if (typeof other === "bigint") return Fraction.of(this.numerator * other, this.denominator);
    return Fraction.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** @param other Above zero. */
  over(other: Fraction | bigint): Fraction {
    if (typeof other === "bigint") return Fraction.of(this.numerator, this.denominator * other);
    return Fraction.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  isBelow(other: Fraction): boolean {
    return this.numerator * other.denominator < other.numerator * this.denominator;
  }

  equals(other: Fraction): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  get isZero(): boolean {
    return this.numerator === 0n;
  }

  /** The largest whole number that is not above it. Not for negative numbers. */
  floor(): bigint {
    return this.numerator / this.denominator;
  }

  /** The smallest multiple of `unit` that is not below it. Not for negative numbers. */
  ceilTo(unit: Fraction): Fraction {
    const floor = this.floorTo(unit);
    return floor.equals(this) ? floor : floor.plus(unit);
  }

  /** The largest multiple of `unit` that is not above it. Not for negative numbers. */
  floorTo(unit: Fraction): Fraction {
    return unit.times(this.over(unit).floor());
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
