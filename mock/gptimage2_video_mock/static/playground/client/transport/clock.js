// Compiled from clients/typescript by `make generate-typescript`; never edited.
export { clock } from "../../clock.js";
