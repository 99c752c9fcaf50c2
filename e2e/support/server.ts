// A server for one worker: the real binary, on a free port, with its own data folder, which is deleted afterwards.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The binary under test; `ONRECORD_SERVER` names another build of it. */
const binary = resolve(process.env.ONRECORD_SERVER ?? "target/debug/onrecord");

/** Without rate limits, because all tests come from one address. */
const config = resolve("xtask/unlimited.toml");

const listening = /listening on (http:\/\/[\w.:[\]-]+)/;

export class Server {
  /** `http://127.0.0.1:PORT` */
  url = "";
  private child?: ChildProcess;
  private log = "";

  private constructor(
    /** The data folder. */
    readonly data: string,
    private readonly options: string[],
    private readonly environment: Record<string, string>,
  ) {}

  /** Starts a server with an empty data folder. `options` go to `onrecord serve`, `environment` sets what has no option. */
  static async start(options: string[] = [], environment: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "onrecord-e2e-")), options, environment);
    await server.up("127.0.0.1:0");
    return server;
  }

  /** Kills the server without a chance to clean up, like a power cut. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Starts the server again on the same address and data. */
  async restart(): Promise<void> {
    await this.up(new URL(this.url).host);
  }

  /** Lets connections be made and answers nothing, like a line that is dead. */
  pause(): void {
    this.child?.kill("SIGSTOP");
  }

  /** Answers again, also what was asked meanwhile. */
  resume(): void {
    this.child?.kill("SIGCONT");
  }

  /** Runs the same binary on the same data: `server.command("case", "status", reference, ...)`. Returns its output. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await run(binary, [...words, "--data", this.data, "--config", config]);
    return stdout;
  }

  /** The log so far. */
  logged(): string {
    return this.log;
  }

  /** Stops the server and deletes its data. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.data, { recursive: true, force: true });
  }

  private async up(address: string): Promise<void> {
    const child = spawn(
      binary,
      ["serve", "--listen", address, "--site", resolve("target/site-test"), "--data", this.data, "--config", config, ...this.options],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.environment } },
    );
    this.child = child;
    await new Promise<void>((ready, fail) => {
      const timer = setTimeout(() => fail(new Error(`the server did not say where it listens:\n${this.log}`)), 30_000);
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        outcome();
      };
      const from = this.log.length;
      const read = (bytes: Buffer) => {
        this.log += bytes.toString();
        const found = listening.exec(this.log.slice(from, this.log.lastIndexOf("\n") + 1));
        if (found) {
          this.url = found[1];
          settle(ready);
        }
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("error", (error) => settle(() => fail(error)));
      child.once("exit", (code) => settle(() => fail(new Error(`the server ended with ${code}:\n${this.log}`))));
    });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    // A browser may hold a connection open longer than a graceful shutdown should wait.
    const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(timer);
  }
}
