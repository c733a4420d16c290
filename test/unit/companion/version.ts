// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- the declaration of what the build puts in
/// <reference path="../../../src/globals.d.ts" />

/** The build puts the version in; tests run the sources, so importing this first takes its place. */
Object.assign(globalThis, { TANDEM_VERSION: '0.0.0-test' });
