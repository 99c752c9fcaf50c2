// Statistics over many measurements.

/** Returns the value at this share of the sorted numbers; 0.5 is the median. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (numbers) => quantile(numbers, 0.5);

export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
