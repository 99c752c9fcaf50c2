// A real mail server on a free port of this machine, for the tests. It prints its port, then each message it accepts,
// one JSON value a line. The recipient's address decides how it behaves:
//   never@…  there is no such mailbox (550)
//   later@…  busy, the first two times (451)

import { SMTPServer } from "smtp-server";

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
let busy = 2;

const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });

const server = new SMTPServer({
  authOptional: true,
  // In the `ascii` mode the server refuses addresses with characters beyond ASCII.
  hideSMTPUTF8: process.argv.includes("ascii"),
  disabledCommands: ["STARTTLS"],
  onAuth: ({ username, password }, _, done) =>
    username === "portal" && password === "p@ss word" ? done(null, { user: username }) : done(refuse(535, "no")),
  onRcptTo({ address }, _, done) {
    if (address.startsWith("never@")) return done(refuse(550, `${address} is unknown here`));
    if (address.startsWith("later@") && busy-- > 0) return done(refuse(451, "try again"));
    done();
  },
  onData(stream, session, done) {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      const text = Buffer.concat(pieces).toString("utf8");
      say({ from: mailFrom.address, to: rcptTo.map(({ address }) => address), user: session.user ?? null, text });
      done();
    });
  },
});

server.listen(0, "127.0.0.1", () => say({ port: server.server.address().port }));
// A line from the test is answered with `true`, after every message accepted so far. The test that started the server has ended when
// its lines end.
process.stdin.on("data", () => say(true)).on("end", () => process.exit());
