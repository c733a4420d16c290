/** The build puts the version in; tests run the sources, so importing this first takes its place. */
Object.assign(globalThis, { TANDEM_VERSION: '0.0.0-test' });
