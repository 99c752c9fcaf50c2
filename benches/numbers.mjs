// Numbers from many measurements.

/** The value at this share of them, 0.5 being the middle one. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (numbers) => quantile(numbers, 0.5);

export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
