/** Version of the extension; put in by `esbuild.mjs`. */
declare const TANDEM_VERSION: string;
