// The types of the spec, and nothing that runs: requests and replies are handled in src, where a lost reply costs money.
export default {
  input: "../../openapi.yaml",
  output: { path: "src/generated/api", clean: true },
  plugins: ["@hey-api/typescript"],
};
