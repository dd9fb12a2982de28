// A mail server on this machine: takes letters by SMTP, or refuses the sign-in.

import net from "node:net";

export async function mailbox(password) {
  const letters = [];
  const server = net.createServer((socket) => {
    let rest = "";
    let data = null;
    const say = (line) => socket.write(`${line}\r\n`);
    say("220 test ESMTP");
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      rest += bytes.toString("latin1");
      for (let at = rest.indexOf("\r\n"); at >= 0; at = rest.indexOf("\r\n")) {
        const line = rest.slice(0, at);
        rest = rest.slice(at + 2);
        if (data) {
          if (line === ".") {
            letters.push(read(data.join("\r\n")));
            data = null;
            say("250 taken");
          } else {
            data.push(line.replace(/^\./, ""));
          }
        } else if (line.startsWith("EHLO")) {
          socket.write("250-test\r\n250 AUTH PLAIN\r\n");
        } else if (line.startsWith("AUTH PLAIN ")) {
          const given = Buffer.from(line.slice(11), "base64").toString().split("\0")[2];
          say(given === password ? "235 welcome" : "535 authentication failed");
        } else if (line === "DATA") {
          data = [];
          say("354 go on");
        } else {
          say(line === "QUIT" ? "221 bye" : "250 ok");
        }
      }
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { port: server.address().port, letters, close: () => server.close() };
}

function read(raw) {
  const head = raw.split("\r\n\r\n")[0].replaceAll("\r\n ", " ");
  const header = (name) => decoded(head.split("\r\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "");
  const part = (place) => {
    const code = raw.split("Content-Transfer-Encoding: base64\r\n\r\n")[place + 1]?.split("\r\n--")[0] ?? "";
    return Buffer.from(code, "base64").toString().replaceAll("\r\n", "\n");
  };
  return { to: header("To"), subject: header("Subject"), text: part(0), html: part(1) };
}

function decoded(text) {
  const words = text.replace(/\?= +=\?utf-8\?b\?/g, "?==?utf-8?b?");
  return words.replace(/(=\?utf-8\?b\?[^?]*\?=)+/g, (run) =>
    Buffer.concat([...run.matchAll(/\?b\?([^?]*)\?=/g)].map((word) => Buffer.from(word[1], "base64"))).toString());
}
