/** The mock's admin API under `/mock/`, which is no part of the service's API and is not logged. */

async function request(path, key = "", init = {}) {
  const response = await fetch(`/mock/${path}`, {
    ...init,
    cache: "no-store",
    credentials: "omit",
    // A key that no header can carry belongs to no account.
    headers: /^[!-~]+$/.test(key) ? { Authorization: `Bearer ${key}` } : {},
  });
  if (!response.ok) throw new Error(`the mock answered ${response.status}`);
  return response.json();
}

/** Everything that the page shows, with the requests after a number. */
export const overview = (key, after) => request(`overview?after=${after}`, key);

/** One request and its response, raw. */
export const exchange = (number) => request(`requests/${number}`);

export const scenarios = async () => (await request("scenarios")).scenarios;

/** Step the clock forward by seconds. */
export const advance = (seconds) =>
  request("clock", "", { method: "POST", body: JSON.stringify({ advance: seconds }) });

/** Accounts as at the start, no task, no logged request. */
export const reset = () => request("reset", "", { method: "POST" });

/** The base URL of the API under a scenario. */
export const baseUrl = (scenario) => location.origin + (scenario === "reference" ? "" : `/scenarios/${scenario}`);
