/** The mock's own endpoints under `/mock/`, which are no part of the API and are not logged. */

async function ask(path, key = "", init = {}) {
  const response = await fetch(`/mock/${path}`, {
    ...init,
    cache: "no-store",
    credentials: "omit",
    // What a header cannot carry is nobody's key.
    headers: /^[!-~]+$/.test(key) ? { Authorization: `Bearer ${key}` } : {},
  });
  if (!response.ok) throw new Error(`the mock answered ${response.status}`);
  return response.json();
}

/** All that the page shows, with the requests after a number. */
export const overview = (key, after) => ask(`overview?after=${after}`, key);

/** One request and its reply, raw. */
export const exchange = (number) => ask(`requests/${number}`);

export const scenarios = async () => (await ask("scenarios")).scenarios;

/** Step the clock forward by seconds. */
export const advance = (seconds) => ask("clock", "", { method: "POST", body: JSON.stringify({ advance: seconds }) });

/** Accounts as at the start, no task, no request remembered. */
export const reset = () => ask("reset", "", { method: "POST" });

/** The base URL of the API under a scenario. */
export const baseUrl = (scenario) => location.origin + (scenario === "reference" ? "" : `/scenarios/${scenario}`);
