// The types of the spec, and no code: requests and responses are handled in src, where a lost response costs money.
export default {
  input: "../../openapi.yaml",
  output: { path: "src/generated/api", clean: true },
  plugins: ["@hey-api/typescript"],
};
