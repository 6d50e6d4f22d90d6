/** Where the serial port of an installed machine writes, in the machine's folder. */
export const serialLog = (machine: string): string => `${machine}-serial.log`;
