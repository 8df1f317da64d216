import { concat, dataSlice, sha256, toBeHex, toUtf8Bytes } from "ethers";

/** Bytes that look random and are the same each time: the SHA-256 of a text and a counter. */
export class Seed {
  #drawn = 0;

  constructor(private readonly text: string) {}

  bytes(length: number): string {
    let drawn = "0x";
    while (drawn.length < 2 + 2 * length) drawn = concat([drawn, sha256(concat([toUtf8Bytes(this.text), toBeHex(this.#drawn++, 4)]))]);
    return dataSlice(drawn, 0, length);
  }

  byteArray(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(Buffer.from(this.bytes(length).slice(2), "hex"));
  }
}
