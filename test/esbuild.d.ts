declare module '*/esbuild.mjs' {
  export function buildPlugin(
    folder: string,
    options?: { production?: boolean; ownVersion?: string },
  ): Promise<void>;
}
