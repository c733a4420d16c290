/** Stands in for `@vscode/deviceid`, which would write an identity for telemetry into the home folder. */
export const getDeviceId = async () => '00000000-0000-4000-8000-000000000000';
