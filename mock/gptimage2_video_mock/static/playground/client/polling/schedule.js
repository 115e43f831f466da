// Compiled from clients/typescript by `make generate-typescript`; never edited.
const POLLING = { steadyFor: 180_000, factor: 1.25, maxInterval: 15_000 };
export const firstDelay = (interval) => 5 * interval;
export function* pollDelays(interval, elapsed) {
    let delay = interval;
    for (;;) {
        if (elapsed() >= POLLING.steadyFor)
            delay = Math.max(Math.min(delay * POLLING.factor, POLLING.maxInterval), interval);
        yield delay;
    }
}
