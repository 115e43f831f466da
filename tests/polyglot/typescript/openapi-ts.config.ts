// What the generator makes of the spec. Not here: its version (package-lock.json) and the strictness (tsconfig.json).
import { defineConfig } from '@hey-api/openapi-ts';

export default defineConfig({
  input: process.env['SPEC'] ?? '../../../openapi.yaml',
  output: 'client',
  logs: { file: false },
  plugins: [
    '@hey-api/client-fetch',
    '@hey-api/sdk',
    {
      name: '@hey-api/typescript',
      $resolvers: {
        // The generator drops `minItems`, and an image-to-video request with no image in its list would compile.
        array(context) {
          const { $, nodes, path, plugin, schema, walk } = context;
          const [item] = schema.items ?? [];
          if (schema.minItems !== 1 || !item) return undefined;
          const first = walk(item, { path, plugin }).type;
          return $.type.and(nodes.base(context), $.type.object().prop('0', (property) => property.type(first)));
        },
      },
    },
  ],
});
