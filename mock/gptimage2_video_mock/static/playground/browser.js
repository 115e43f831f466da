/** What browsers do otherwise than the client expects of `fetch`. */

// Not every browser has one, and the client reads replies with `for await`.
ReadableStream.prototype[Symbol.asyncIterator] ??= async function* () {
  const reader = this.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel();
  }
};

/** A `fetch` that tells of each reply, or why there was none. */
export const telling = (tell) => async (url, init) => {
  const asked = `${init.method} ${new URL(url).pathname.replace(/^\/scenarios\/[^/]+/, "")}`;
  try {
    const response = await fetch(url, { ...init, cache: "no-store", credentials: "omit" });
    const redirected = response.type === "opaqueredirect";
    tell(`${asked} → ${redirected ? "a redirect, not followed" : response.status}`);
    // A browser hides which redirect it was and where to; RFC 9110 reads an unknown 3xx as 300.
    return redirected
      ? new Response(null, { status: 300, headers: { Location: "a place that a browser hides" } })
      : response;
  } catch (problem) {
    if (!init.signal?.aborted) tell(`${asked} → no answer`);
    throw problem;
  }
};
