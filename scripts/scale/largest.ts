/** The largest number up to `most` for which a test passes that passes for all smaller ones; 0: none. */
export async function largest(passes: (tried: number) => Promise<boolean>, most: number): Promise<number> {
  let [known, refused] = [0, most + 1];
  while (refused - known > 1) {
    const tried = Math.floor((known + refused) / 2);
    if (await passes(tried)) known = tried;
    else refused = tried;
  }
  return known;
}
