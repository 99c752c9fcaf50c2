// nginx with WebDAV's PUT, for comparison: started for it alone, in a folder of its own, on this machine only.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { sleep } from "./numbers.mjs";

const places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];

/** Starts nginx. Returns its address and how to stop it; without nginx prints a line and returns nothing. */
export async function nginx(folder) {
  const program = places.find((path) => existsSync(path));
  if (!program) {
    console.log("\n  no nginx on this machine (Debian: nginx-light): the large file is not compared");
    return undefined;
  }
  const port = await free();
  const [files, temp] = ["files", "temp"].map((name) => join(folder, name));
  for (const path of [files, temp]) mkdirSync(path, { mode: 0o777 });
  const config = join(folder, "nginx.conf");
  const others = ["proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${temp}/${name};`).join(" ");
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(
    config,
    `${user} daemon off; worker_processes auto; pid ${folder}/pid; error_log ${folder}/error.log;
     events { }
     http { access_log off; client_body_temp_path ${temp}; ${others} client_max_body_size 0;
       server { listen 127.0.0.1:${port}; root ${files}; location / { dav_methods PUT; } } }\n`,
  );
  const child = spawn(program, ["-c", config, "-p", folder], { stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", done));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(url).catch(() => undefined)); tries += 1) {
    if (tries > 100 || child.exitCode !== null) throw new Error("nginx does not start");
    await sleep(50);
  }
  return { url, stop: () => (child.kill("SIGTERM"), ended) };
}

async function free() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}
