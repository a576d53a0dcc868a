/** How one who reads everything back asks: what becomes of a request that is refused for the moment. */
export type Ask = <Answer>(request: () => Promise<Answer>) => Promise<Answer>;

/** Takes the first answer, and the first refusal. */
export const askOnce: Ask = (request) => request();
