export const HOUR = 3_600n;
export const DAY = 24n * HOUR;
