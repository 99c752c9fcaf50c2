// Builds the table of figures: each with its required value, its target and the measurement.

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const ms = (number) => `${number.toFixed(number < 10 ? 1 : 0)} ms`;
const bytes = (number) => `${(number / 1000).toFixed(1)} KB`;
const mib = (kb) => `${(kb / 1024).toFixed(0)} MB`;
const each = (number) => `${Math.round(number).toLocaleString("en-GB")}/s`;
const times = (number) => `${number.toFixed(2)}x`;

/** Builds the rows: figure, required value, target, measurement, and whether it is good (absent without a required value). */
export function figures({ bytes: size, first, journey, steps, pages, peer, submissions, cases, uploads, idle_kb: idle }) {
  const rows = [];
  const row = (what, must, aim, measured, good) => rows.push({ what, must, aim, measured, good });
  if (first) {
    row("first question usable, cold, slow 3G", "1.2x a static page", "1.1x", `${seconds(first.first_question_ms)} = ${times(first.ratio)} of ${seconds(first.static_page_ms)}`, first.ratio <= 1.2);
    row("Continue to the next page (page load)", "", "", `${seconds(first.continue_ms)}; static page ${seconds(first.static_continue_ms)}`);
    row("requests that block it", "1", "", String(first.requests), first.requests <= 1);
    row("bytes before it (HTML and CSS, encoded)", "8 KB", "", bytes(first.bytes), first.bytes <= 8_000);
    row("layout shift after it was shown (CLS)", "", "0", first.shift.toFixed(3));
  }
  if (size) {
    row("Wasm and glue, brotli", "230 KB", "180 KB", bytes(size.app_bytes), size.app_bytes <= 230_000);
    row("first question, brotli", "8 KB", "", bytes(size.first_page_bytes), size.first_page_bytes <= 8_000);
    row("start page, brotli", "8 KB", "", bytes(size.start_page_bytes), size.start_page_bytes <= 8_000);
    row("second visit, besides the page", "0 KB", "offline", `${bytes(size.repeat_other_bytes)}; the page ${bytes(size.repeat_page_bytes)}`, size.repeat_other_bytes === 0);
  }
  if (steps) {
    row("step to next step, median", "32 ms", "", ms(steps.step_ms), steps.step_ms <= 32);
    row("step to next step, p95", "60 ms", "32 ms", ms(steps.step_p95_ms), steps.step_p95_ms <= 60);
    row("steps that waited for a request", "0", "0", String(steps.blocking_requests + steps.page_loads), steps.blocking_requests + steps.page_loads === 0);
  }
  if (journey) {
    row("waiting over ten questions", "2 s", "1.5 s", seconds(journey.waiting_ms), journey.waiting_ms <= 2_000);
    row("the app is hydrated on page", "4", "3", String(journey.alive_on_page || "never"), journey.alive_on_page > 0 && journey.alive_on_page <= 4);
    row("the same when every page takes half a second", "4", "3", String(journey.hurried.alive_on_page || "never"), journey.hurried.alive_on_page > 0);
    row("bytes received in that hurried run", "", "", bytes(journey.hurried.received_bytes));
    row("bytes received in the other run", "", "", bytes(journey.received_bytes));
  }
  if (pages) {
    const good = ({ per_second, p99_ms }) => per_second >= 5_000 && p99_ms <= 20;
    const said = ({ per_second, p99_ms, processor_us }) => `${each(per_second)}, p99 ${ms(p99_ms)}, ${Math.round(processor_us)} us of processor each`;
    row("first page, brotli, 32 at once", "3,000/s", "8,000/s", said(pages.first), pages.first.per_second >= 3_000);
    row("the same with a query", "3,000/s", "8,000/s", said(pages.first_alone), pages.first_alone.per_second >= 3_000);
    row("step page with its draft, uncompressed", "5,000/s, p99 20 ms", "12,000/s", said(pages.plain), good(pages.plain));
    row("the same as browsers ask for it", "5,000/s, p99 20 ms", "12,000/s", said(pages.brotli), good(pages.brotli));
    row("page of a case, brotli", "3,000/s", "", said(pages.of_case), pages.of_case.per_second >= 3_000);
    row("a page without a lookup", "", "", said(pages.without_draft));
    row("an empty response (/livez)", "", "", said(pages.livez));
  }
  if (peer) {
    const said = ({ per_second, p99_ms, bytes: size }) => `${each(per_second)}, p99 ${ms(p99_ms)}, ${bytes(size)}`;
    const beside = (ours, theirs) => (ours ? `; ours is ${times(ours.per_second / theirs.per_second)}` : "");
    const withQuery = pages ? `, with a query ${times(pages.first_alone.per_second / peer.first.per_second)}` : "";
    row("first page of the peer", "", "", said(peer.first) + beside(pages?.first, peer.first) + withQuery);
    row("step page of the peer, with its draft", "", "", said(peer.draft) + beside(pages?.brotli, peer.draft));
  }
  if (submissions) {
    const { journeys, share, inserts_per_second: inserts } = submissions;
    row("whole complaints over REST, 32 at once", "200/s", "", `${each(journeys.per_second)}, p99 of a save ${ms(journeys.answer.p99_ms)}, of sending ${ms(journeys.submission.p99_ms)}`, journeys.per_second >= 200);
    row("processor for one of them", "", "", ms(journeys.processor_us / 1000));
    row("their durable writes, against bare inserts", "0.5x", "1x", `${times(share)} of ${each(inserts)}`, share >= 0.5);
  }
  if (cases) {
    const { few, many, at_few, at_many } = cases;
    const ratio = at_many.p99_ms / at_few.p99_ms;
    const count = (number) => number.toLocaleString("en-GB");
    const said = ({ median_ms, p99_ms }) => `p99 ${ms(p99_ms)}, median ${ms(median_ms)}`;
    row(`page of a case, ${count(few)} cases`, "", "", said(at_few));
    row(`the same, ${count(many)} cases`, "1.2x", "", `${said(at_many)} = ${times(ratio)}`, ratio <= 1.2);
  }
  if (uploads) {
    const { large, many, broken } = uploads;
    const speed = (perSecond) => `${(perSecond / 1_000_000).toFixed(0)} MB/s`;
    const beside = (perSecond) => (large.nginx_per_second ? ` = ${times(perSecond / large.nginx_per_second)} of nginx` : "");
    const size = `${(large.bytes / 1_000_000).toFixed(0)} MB`;
    row(`${size} by tus, one request`, "", "", `${speed(large.whole_per_second)}${beside(large.whole_per_second)}`);
    row(`${size} by tus, pieces of 8 MB`, "", "", `${speed(large.pieces_per_second)}${beside(large.pieces_per_second)}`);
    row(`${size}, PUT to nginx`, "", "", large.nginx_per_second ? speed(large.nginx_per_second) : "no nginx here");
    row(`memory while ${many.number} files come in slowly`, "", "", `${mib(many.most_kb)}, before ${mib(many.idle_kb)}`);
    const way = ({ ms: took, again }) => `${seconds(took)}${again > 0 ? `, started again ${again} times` : ""}`;
    row("5 MB photo, fast 3G, three losses of 5 s: our page", "", "", way(broken.ours));
    row("the same, tus-js-client", "", "", way(broken.tus_js_client));
    row("the same, a plain form", "", "", way(broken.plain_form));
  }
  row("memory, idle", "30 MB", "15 MB", mib(idle), idle <= 30 * 1024);
  if (pages) row("memory after pages", "80 MB", "40 MB", mib(pages.resident_kb), pages.resident_kb <= 80 * 1024);
  if (submissions) row("memory after complaints", "80 MB", "40 MB", mib(submissions.resident_kb), submissions.resident_kb <= 80 * 1024);
  return rows;
}
