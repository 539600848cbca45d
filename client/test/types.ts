/** What TypeScript users see. It is only checked, never run. */

import {
  type Change,
  type ConnectionState,
  type Options,
  type Participant,
  type Problem,
  Rollcall,
  RollcallError,
  type Roster,
  type RosterView,
} from "../rollcall.js";

const options: Options = {
  api: "https://api.example.com",
  token: async (why) => (why === "refused" ? "fresh" : "token"),
  onState: ({ state, reason, retryAt }) => {
    const words: "idle" | "connecting" | "open" | "waiting" | "closed" = state;
    const seconds: number = ((retryAt ?? Date.now()) - Date.now()) / 1000;
    return [words, reason?.length, seconds];
  },
};

const rollcall: Rollcall = new Rollcall(options);
new Rollcall({ api: "https://api.example.com", token: "token" });
// @ts-expect-error: without a token nothing is answered.
new Rollcall({ api: "https://api.example.com" });

const stop: () => void = rollcall.watch("s-1", (roster: Roster) => {
  const view: RosterView = roster;
  const at: number = roster.receivedAt;
  const sent: string | null = roster.sentAt;
  for (const change of roster.changes) {
    if (change.type === "ended") continue;
    const person: Participant = change.participant;
    // Found by comparing rosters, nobody may have said why.
    const why: string | undefined = change.type === "left" ? change.reason : change.source;
    console.log(view.state, at, sent, person.name, why);
  }
  // @ts-expect-error: what is shown is shared by all watchers.
  roster.changes.push({ type: "ended" });
});
stop();
rollcall.watchMine(({ conferenceId }) => conferenceId)();
// @ts-expect-error: nobody would be shown anything.
rollcall.watch("s-1");

const state: ConnectionState = rollcall.state;
const told: readonly Change[] = [{ type: "ended" }];
console.log(state, told);

try {
  const { status }: { status: "requested" | "already-left" } = await rollcall.remove("s-1", "p-1");
  const { conferences, nextToken } = await rollcall.conferences({ limit: 10, nextToken: undefined });
  await rollcall.conferences(nextToken === undefined ? {} : { nextToken });
  const { version }: { version: number } = await rollcall.conference(conferences[0]?.conferenceId ?? status);
  console.log(version);
} catch (error) {
  if (!(error instanceof RollcallError)) throw error;
  const code: Problem["code"] | string = error.code;
  const seconds: number = error.retryAfter ?? 0;
  console.log(error.status, code, error.detail, seconds, error.message);
}

rollcall.check();
rollcall.close();
