import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Typed documents of schema/operations for consumers, in schema/generated (not committed): strings that carry the
 * types of their result and variables. `npm run codegen` prints schema/schema.graphql first.
 */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'schema/operations/*.graphql',
  generates: {
    'schema/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        importExtension: '.ts',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          BigInt: 'string',
          SafeInt: 'number',
          Cursor: 'string',
          JSON: 'unknown',
        },
      },
    },
  },
};

export default config;
