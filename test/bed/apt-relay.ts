// Runs inside the bed's network: carries each TCP connection to the apt proxy's unix socket.
// It ends when its standard input closes, that is, when its parent is gone.

import { connect, createServer } from 'node:net';

const [address = '', port = '', socketPath = ''] = process.argv.slice(2);

const server = createServer((inside) => {
  const outside = connect(socketPath);
  inside.pipe(outside).pipe(inside);
  inside.on('error', () => outside.destroy());
  outside.on('error', () => inside.destroy());
});
server.listen(Number(port), address, () => process.stdout.write('ready\n'));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
