import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';

/** Speaks the protocol of the paper's artifact, in another language, and nothing else. How it behaves is in the inputs, or in its argument. */
const server = String.raw`use strict;
use IO::Socket::INET;
use Time::HiRes 'time';
my $refuses = shift // '';
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => 5000, Listen => 64, ReuseAddr => 1) or die "cannot listen: $!\n";
my $functions = 0;
sub fib { my $n = shift; return $n < 2 ? 0 : $n == 2 ? 1 : fib($n - 1) + fib($n - 2) }
sub answer {
  my ($client, $code, $text) = @_;
  print $client "HTTP/1.1 $code Said\r\nContent-Type: application/json\r\nContent-Length: " . length($text) . "\r\nConnection: close\r\n\r\n$text";
  close $client;
}
while (my $client = $server->accept) {
  my $request = <$client> // '';
  my $length = 0;
  while (defined(my $line = <$client>)) {
    $line =~ s/\r?\n//;
    last if $line eq '';
    $length = $1 if $line =~ /^content-length:\s*(\d+)/i;
  }
  my $body = '';
  read($client, $body, $length) if $length;
  if ($request =~ m{^GET /status }) { answer($client, 200, '{"workdir":"/"}'); next }
  if ($request =~ m{^POST /init }) { $functions++; answer($client, $refuses eq 'init' ? 500 : 200, '"OK"'); next }
  if (!$functions) { answer($client, 409, '{"error":"no init"}'); next }
  if (fork) { close $client; next }
  my $begun = time;
  my @said;
  while ($body =~ /"function_id":"(\d+)","input":\{([^}]*)\}/g) {
    my ($id, $input) = ($1, $2);
    my $started = time;
    fib($1) if $input =~ /"n":(\d+)/;
    if ($input =~ /"breaks"/) { answer($client, 500, '{"error":"broken on purpose"}'); exit }
    if ($input =~ /"babbles"/) { answer($client, 200, 'no JSON at all'); exit }
    next if $input =~ /"forgets"/;
    push @said, sprintf('"%s":{"exec_time":%.3f,"queue_time":%.3f}', $id, (time - $started) * 1000, ($started - $begun) * 1000);
  }
  answer($client, 200, '{' . join(',', @said) . '}');
  exit;
}
`;

/** Perl of this machine with what it loads, as a tar. */
function perlFiles(): string[] {
  const loaded = execFileSync('perl', ['-MIO::Socket::INET', '-MTime::HiRes', '-e', 'print join "\n", values %INC, map { glob "$_/auto/{Socket,IO,Time/HiRes,List/Util}/*.so" } @INC'], { encoding: 'utf8' }).split('\n');
  const libraries = ['/usr/bin/perl', ...loaded.filter((path) => path.endsWith('.so'))].flatMap((path) => execFileSync('ldd', [path], { encoding: 'utf8' }).match(/\/\S+/g) ?? []);
  return [...new Set(['/usr/bin/perl', ...loaded, ...libraries.map((path) => path.replace(/:$/, ''))])].filter((path) => path.startsWith('/'));
}

/** Makes the image; `argument`: of its program. */
export async function makePerlImage(docker: Docker, name: string, argument = ''): Promise<string> {
  const tar = pack();
  for (const path of perlFiles()) tar.entry({ name: path.slice(1), mode: 0o755 }, readFileSync(path));
  tar.entry({ name: 'server.pl', mode: 0o644 }, server);
  tar.finalize();
  const told = await docker.importImage(tar as unknown as NodeJS.ReadableStream, { repo: name, tag: 'test', changes: [`CMD ["/usr/bin/perl", "/server.pl", "${argument}"]`] });
  await new Promise((resolve) => docker.modem.followProgress(told, resolve));
  return `${name}:test`;
}
