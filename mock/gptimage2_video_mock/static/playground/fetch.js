/** `fetch` as the client expects it, in a browser. */

// Not every browser has it, and the client reads responses with `for await`.
ReadableStream.prototype[Symbol.asyncIterator] ??= async function* () {
  const reader = this.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
  } finally {
    await reader.cancel();
  }
};

/** A `fetch` that logs each response, or that there was none. */
export const loggingFetch = (log) => async (url, init) => {
  const request = `${init.method} ${new URL(url).pathname.replace(/^\/scenarios\/[^/]+/, "")}`;
  try {
    const response = await fetch(url, { ...init, cache: "no-store", credentials: "omit" });
    const redirected = response.type === "opaqueredirect";
    log(`${request} → ${redirected ? "a redirect, not followed" : response.status}`);
    // A browser hides which redirect it was and where to; RFC 9110 reads an unknown 3xx as 300.
    return redirected
      ? new Response(null, { status: 300, headers: { Location: "a place that a browser hides" } })
      : response;
  } catch (error) {
    if (!init.signal?.aborted) log(`${request} → no response`);
    throw error;
  }
};
