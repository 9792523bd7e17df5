/** Where editors find the schema of the latest version. */
export const SCHEMA_URL = "https://unpkg.com/flvcast/config.schema.json";
