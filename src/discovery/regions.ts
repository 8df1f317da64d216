/** Whether a region is the one that is wanted or a part of it: `eu-central` is in `eu`, `europe` is not. */
export function isInRegion(region: string | undefined, wanted: string): boolean {
  const [has, wants] = [region?.toLowerCase(), wanted.toLowerCase()];
  return has === wants || (has?.startsWith(`${wants}-`) ?? false);
}
