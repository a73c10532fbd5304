/**
 * Loaded into every Node process of a task before its own code. On Fargate each task has a network of its own; here a
 * task has a port space of its own: what it listens on becomes a port of the loopback that the stand-in chose, and what
 * it calls at 127.0.0.1 is its own port first. Plain JavaScript, as it also runs on the image's Node.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";

/** Ports of the task definition: they are the task's alone, whether or not something listens. */
const mapped = JSON.parse(process.env.ECS_LOCAL_PORTS ?? "{}");
const folder = process.env.ECS_LOCAL_PORT_DIR ?? "";
const loopbackNames = new Set(["", "localhost", "127.0.0.1", "::1", "::", "0.0.0.0"]);

const hostPortOf = (port) => {
  if (mapped[port] !== undefined) return mapped[port];
  try {
    return Number(readFileSync(path.join(folder, String(Number(port))), "utf8"));
  } catch {
    return undefined;
  }
};

const asPort = (value) => {
  const port = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
};

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const [first] = args;
  const isOptions = typeof first === "object" && first !== null;
  const options = isOptions ? first : { port: typeof first === "function" ? undefined : first };
  const isPath = options.path !== undefined || (typeof options.port === "string" && asPort(options.port) === undefined);
  // Sockets of files and handles that came from elsewhere are no ports.
  if (isPath || options.fd !== undefined || options._handle || options.handle) return listen.apply(this, args);
  const wanted = asPort(options.port);
  const callback = args.findLast((one) => typeof one === "function");
  if (wanted !== undefined) {
    this.once("listening", () => {
      const bound = address.call(this);
      if (mapped[wanted] !== undefined || !bound) return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, String(wanted)), String(bound.port));
    });
    Object.defineProperty(this, "ecsLocalPort", { value: wanted, configurable: true });
  }
  const port = wanted === undefined ? 0 : (mapped[wanted] ?? 0);
  return listen.call(this, { ...options, port, host: "127.0.0.1" }, ...(callback ? [callback] : []));
};

const address = net.Server.prototype.address;
net.Server.prototype.address = function () {
  const real = address.call(this);
  return real && typeof real === "object" && this.ecsLocalPort ? { ...real, port: this.ecsLocalPort } : real;
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // `net.connect` hands over its own normalised list; people's code gives options, or port and host.
  const holder = Array.isArray(args[0]) ? args[0] : args;
  const [first, second] = holder;
  if (typeof first === "object" && first !== null) {
    const target = asPort(first.port);
    if (!first.path && target !== undefined && loopbackNames.has(first.host ?? "")) {
      const port = hostPortOf(target);
      if (port !== undefined) holder[0] = { ...first, port, host: "127.0.0.1", lookup: undefined };
    }
  } else {
    const target = asPort(first);
    if (target !== undefined && loopbackNames.has(typeof second === "string" ? second : "")) {
      const port = hostPortOf(target);
      if (port !== undefined) {
        holder[0] = port;
        if (typeof second === "string") holder[1] = "127.0.0.1";
      }
    }
  }
  return connect.apply(this, args);
};
