// The hooks, in React and in Preact alike: rendered into a document, over sockets whose server is the test.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Window } from "happy-dom";
import * as preactHooks from "preact/hooks";
import { h, render } from "preact";
import { act as preactAct } from "preact/test-utils";
import { renderToString as preactToString } from "preact-render-to-string";
import * as React from "react";
import { renderToString as reactToString } from "react-dom/server";
import * as preact from "../preact.js";
import * as react from "../react.js";
import { World, settled } from "./world.js";

const CHAT = { module: "src/chat", name: "chat" };
const CURSORS = { module: "src/board", name: "cursors" };
const ADDRESS = "http://127.0.0.1:3000";

const window = new Window();
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
globalThis.navigator ??= window.navigator;
let world;
let root;

const FRAMEWORKS = {
  React: {
    ...react,
    h: React.createElement,
    useEffect: React.useEffect,
    useLayoutEffect: React.useLayoutEffect,
    toString: reactToString,
    act: React.act,
    async mount(container) {
      const { createRoot } = await import("react-dom/client");
      const root = createRoot(container);
      return { draw: (tree) => root.render(tree), end: () => root.unmount() };
    },
    twice: (tree) => React.createElement(React.StrictMode, null, tree),
  },
  Preact: {
    ...preact,
    h,
    useEffect: preactHooks.useEffect,
    useLayoutEffect: preactHooks.useLayoutEffect,
    toString: preactToString,
    act: preactAct,
    mount: async (container) => ({ draw: (tree) => render(tree, container), end: () => render(null, container) }),
    twice: (tree) => tree,
  },
};

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  describe(name, () => {
    const { useSocket, useRoom, useMember, useEffect, useLayoutEffect, h, act, mount, toString, twice } = framework;

    beforeEach(async () => {
      world = new World();
      globalThis.window = window;
      globalThis.document = window.document;
      root = await mount(window.document.createElement("main"));
    });
    afterEach(async () => {
      await act(() => root.end());
      world.restore();
      delete globalThis.window;
    });

    const draw = (Component, options) => step(() => root.draw(h(Component, { options })));
    /** Does it, and what the effects of what it renders do. */
    const step = async (what) => {
      await act(async () => {
        await what();
        await settled();
      });
      await act(settled);
    };
    const receive = (frame) => step(() => world.socket.receive(JSON.stringify(frame)));
    /** The socket of a room opens, and the server lets it in. */
    const letIn = async (...others) => {
      await step(() => world.socket.opened());
      await receive({ t: "snapshot", self: "me", members: [...others, { id: "me" }] });
    };

    /** A component that shows what its hook says, and counts its renders. */
    function shown(useView) {
      const Component = (props) => {
        Component.renders++;
        Component.view = useView(props);
        return null;
      };
      return Object.assign(Component, { renders: 0 });
    }
    const Chat = () => shown(({ options }) => useSocket(CHAT, { address: ADDRESS, jitter: false, ...options }));
    const Cursors = () => shown(({ options }) => useRoom(CURSORS, { address: ADDRESS, jitter: false, ...options }));

    test("a server renders it without a socket", () => {
      const seen = [];
      const Page = () => {
        const { room, ...view } = useRoom(CURSORS);
        seen.push([useSocket(CHAT).status, useSocket(CHAT, { enabled: false }).status, view.status, view.members, useMember(room, "a")]);
        return null;
      };
      toString(h(Page));
      assert.deepEqual(seen, [["connecting", "closed", "connecting", [], undefined]]);
      assert.deepEqual([world.sockets.length, world.timer], [0, null]);
    });

    test("a socket is there as long as its component", async () => {
      const chat = Chat();
      await draw(chat);
      assert.equal(chat.view.status, "connecting");
      assert.equal(chat.view.send(1), "queued");
      await step(() => world.socket.opened());
      assert.equal(chat.view.status, "open");
      assert.deepEqual(world.socket.sent, ["1"]);
      await step(() => root.draw(null));
      assert.equal(world.socket.closedWith.code, 1000);
      assert.equal(world.sockets.length, 1);
      assert.equal(chat.view.send(2), "closed");
      assert.equal(world.sockets.length, 1, "who is gone connects nothing");
    });

    test("messages render when the last one is shown, and else not", async () => {
      for (const [lastMessage, renders] of [[true, 2], [undefined, 0]]) {
        const heard = [];
        const chat = Chat();
        await draw(chat, { lastMessage, onMessage: (message) => heard.push(message) });
        await step(() => world.socket.opened());
        const before = chat.renders;
        await receive({ text: "hi" });
        await receive({ text: "there" });
        assert.deepEqual(heard, [{ text: "hi" }, { text: "there" }]);
        assert.deepEqual([chat.view.lastMessage, chat.renders - before], [lastMessage && { text: "there" }, renders]);
      }
    });

    test("whether the last message is shown may change", async () => {
      const chat = Chat();
      await draw(chat, {});
      await step(() => world.socket.opened());
      await draw(chat, { lastMessage: true });
      await receive(1);
      assert.equal(chat.view.lastMessage, 1);
      await draw(chat, {});
      assert.equal(chat.view.lastMessage, undefined);
      const before = chat.renders;
      await receive(2);
      assert.equal(chat.renders, before);
    });

    test("a child's first effect sends to a client that is to connect, and to no other", async () => {
      const Child = ({ view: { send } }) => {
        useEffect(() => {
          answers.push(send("hi"));
        }, [send]);
        return null;
      };
      const answers = [];
      const Page = ({ options }) => h(Child, { view: useSocket(CHAT, { address: ADDRESS, onError() {}, ...options }) });
      await draw(Page, { key: { id: "a" }, enabled: false });
      await draw(Page, { key: { id: "b" }, enabled: true });
      await draw(Page, { key: { id: "c" }, enabled: false });
      assert.deepEqual(answers, ["closed", "queued", "closed"]);
      assert.equal(world.sockets.length, 1);
    });

    test("another contract is another client", async () => {
      const chat = shown(({ options: contract }) => useSocket({ ...CHAT, contract }, { address: ADDRESS }));
      for (const contract of ["one", "two"]) {
        await draw(chat, contract);
        assert.equal(world.socket.url.searchParams.get("c"), contract);
      }
    });

    test("a member that moves while a component renders does not render it again", async () => {
      const room = shown(() => {
        const view = useRoom(CURSORS, { address: ADDRESS });
        useLayoutEffect(() => {
          const { readyState } = world.socket ?? {};
          const move = { from: "a", t: "presence", op: "update", state: room.renders };
          if (readyState === 1) world.socket.receive(JSON.stringify(move));
        });
        return view;
      });
      await draw(room);
      await letIn({ id: "a", state: 0 });
      const before = room.renders;
      await draw(room, {});
      assert.equal(room.renders - before, 1);
    });

    test("how it ended is shown", async () => {
      const chat = Chat();
      await draw(chat);
      await step(() => world.socket.opened());
      await step(() => world.socket.ended(4403, "forbidden", true));
      assert.equal(chat.view.status, "closed");
      assert.deepEqual(chat.view.closeInfo, { code: 4403, reason: "forbidden", wasClean: true });
    });

    test("a room is shown as open when its members are", async () => {
      const seen = [];
      const room = shown(() => {
        const view = useRoom(CURSORS, { address: ADDRESS });
        seen.push([view.status, view.self, view.members.length]);
        return view;
      });
      await draw(room);
      await step(() => world.socket.opened());
      assert.equal(room.view.status, "connecting");
      await letIn();
      assert.deepEqual([...new Set(seen.map(String))], ["connecting,,0", "open,me,1"]);
    });

    test("a room that denies is never shown as open", async () => {
      const seen = new Set();
      const room = shown(() => {
        const view = useRoom(CURSORS, { address: ADDRESS });
        seen.add(view.status);
        return view;
      });
      await draw(room);
      await step(() => world.socket.opened());
      await step(() => world.socket.ended(4403, "forbidden", true));
      assert.deepEqual([...seen], ["connecting", "closed"]);
      assert.deepEqual(room.view.closeInfo, { code: 4403, reason: "forbidden", wasClean: true });
    });

    test("effects that run twice connect once", async () => {
      const chat = Chat();
      await step(() => root.draw(twice(h(chat))));
      assert.equal(world.sockets.length, 1);
      await step(() => world.socket.opened());
      assert.equal(chat.view.status, "open");
    });

    test("new options and functions at each render do not reconnect, and are those that are called", async () => {
      const chat = Chat();
      const heard = [];
      const callbacks = (turn) => ({
        onMessage: (message) => heard.push([turn, message]),
        onStatus: (status) => heard.push([turn, status]),
        onError: ({ kind }) => heard.push([turn, kind]),
        address: () => `${ADDRESS}/${turn}`,
        shouldReconnect: () => turn > 1,
      });
      await draw(chat, callbacks(1));
      await draw(chat, callbacks(2));
      await step(() => world.socket.opened());
      assert.equal(world.sockets.length, 1);
      await receive(7);
      await step(() => world.socket.receive("{"));
      await step(() => world.socket.ended());
      assert.deepEqual(heard, [[1, "connecting"], [2, "open"], [2, 7], [2, "malformed"], [2, "reconnecting"]]);
      await step(() => world.advance(250));
      assert.equal(world.socket.url.pathname, "/2");
    });

    test("a decision may come and go", async () => {
      const chat = Chat();
      for (const [shouldReconnect, code, status] of [
        [undefined, 1006, "reconnecting"],
        [() => true, 4000, "reconnecting"],
        [undefined, 4000, "closed"],
      ]) {
        await draw(chat, { shouldReconnect });
        await step(() => world.socket.opened());
        await step(() => world.socket.ended(code));
        assert.equal(chat.view.status, status);
        await step(() => world.advance(500));
      }
    });

    test("problems without a callback are warnings", async (t) => {
      const warned = t.mock.method(console, "warn", () => {});
      const chat = Chat();
      await draw(chat);
      chat.view.send(1);
      await step(() => chat.view.close());
      assert.deepEqual(warned.mock.calls.map(({ arguments: [, problem] }) => problem), [{ kind: "unsent", count: 1 }]);
    });

    test("enabled is followed", async () => {
      const chat = Chat();
      await draw(chat, { enabled: false });
      assert.deepEqual([chat.view.status, world.sockets.length], ["closed", 0]);
      await draw(chat, { enabled: true });
      assert.deepEqual([chat.view.status, world.sockets.length], ["connecting", 1]);
      await step(() => world.socket.opened());
      await draw(chat, { enabled: false });
      assert.equal(chat.view.status, "closing");
    });

    test("what a component closed stays closed when it is drawn again", async () => {
      const chat = Chat();
      await draw(chat);
      await step(() => world.socket.opened());
      await step(() => chat.view.close(4000, "done"));
      await step(() => world.socket.ended(4000, "done", true));
      await draw(chat, {});
      assert.deepEqual([chat.view.status, world.sockets.length], ["closed", 1]);
    });

    test("another key is another room, with the presence that it begins with", async () => {
      const room = Cursors();
      await draw(room, { key: { id: "a", b: "1" }, presence: 1 });
      await letIn();
      await step(() => room.view.setPresence(2));
      await draw(room, { key: { b: "1", id: "a" }, presence: 1 });
      assert.deepEqual([world.sockets.length, world.socket.sent.length], [1, 2], "the same key");
      await draw(room, { key: { id: "b" }, presence: 3 });
      assert.equal(world.sockets[0].closedWith.code, 1000);
      await letIn();
      assert.equal(world.socket.url.searchParams.get("r"), '{"id":"b"}');
      assert.deepEqual(world.socket.sent, ['{"t":"presence","state":3}']);
    });

    test("nothing of the last key is ever shown with another", async () => {
      const seen = [];
      const room = shown(({ options }) => {
        const view = useRoom(CURSORS, { address: ADDRESS, ...options });
        seen.push([options.key.id, view.status, view.self]);
        return view;
      });
      await draw(room, { key: { id: "a" } });
      await letIn();
      await draw(room, { key: { id: "b" } });
      const ofB = seen.filter(([id]) => id === "b");
      assert.deepEqual([...new Set(ofB.map(String))], ["b,connecting,"]);
      await letIn();
      assert.deepEqual([room.view.status, room.view.self], ["open", "me"]);
    });

    test("a child's presence is set for another key, too", async () => {
      const Child = ({ setPresence }) => {
        useEffect(() => {
          setPresence(1);
        }, [setPresence]);
        return null;
      };
      const Page = ({ options: key }) => h(Child, { setPresence: useRoom(CURSORS, { address: ADDRESS, key }).setPresence });
      for (const id of ["a", "b"]) {
        await draw(Page, { id });
        await letIn();
        assert.deepEqual(world.socket.sent, ['{"t":"presence","state":1}'], id);
      }
    });

    test("another ref is another socket", async () => {
      const any = shown(({ options }) => useSocket({ module: "src/chat", ...options }, { address: ADDRESS }));
      await draw(any, { name: "one" });
      await step(() => world.socket.opened());
      await draw(any, { name: "one" });
      assert.equal(world.sockets.length, 1);
      await draw(any, { name: "two" });
      assert.equal(world.sockets[0].closedWith.code, 1000);
      assert.equal(world.socket.url.searchParams.get("s"), "two");
      assert.deepEqual([any.view.status, world.sockets.length], ["connecting", 2]);
    });

    test("one that was left tells nothing any more but what it could not send", async () => {
      const heard = [];
      const hear = (name) => (what) => heard.push([name, what.kind ?? what]);
      const callbacks = { onStatus: hear("status"), onMessage: hear("message"), onError: hear("error") };
      const any = shown(({ options }) => useSocket({ module: "src/chat", name: options.name }, { address: ADDRESS, ...options }));
      await draw(any, { name: "one", ...callbacks });
      await step(() => world.socket.opened());
      await draw(any, { name: "two", ...callbacks });
      const [one] = world.sockets;
      await step(() => one.ended(1000, "", true));
      any.view.send(1);
      await step(() => root.draw(null));
      const statuses = ["connecting", "open", "connecting"].map((status) => ["status", status]);
      assert.deepEqual(heard, [...statuses, ["error", "unsent"]]);
    });

    test("a room renders for comings and goings, a member for its own state", async () => {
      const member = shown(({ room, id }) => useMember(room, id));
      const room = shown(() => useRoom(CURSORS, { address: ADDRESS }));
      const Page = () => h("p", null, h(room), room.view && h(member, { room: room.view.room, id: "a" }));
      await draw(Page);
      await draw(Page);
      await letIn({ id: "a", state: 1 }, { id: "b", state: 1 });
      assert.deepEqual([room.view.self, room.view.members.length, member.view], ["me", 3, { id: "a", state: 1 }]);
      const before = [room.renders, member.renders];
      await receive({ from: "a", t: "presence", op: "update", state: 2 });
      assert.deepEqual(member.view, { id: "a", state: 2 });
      await receive({ from: "b", t: "presence", op: "update", state: 2 });
      assert.deepEqual([room.renders - before[0], member.renders - before[1]], [0, 1]);
      await receive({ from: "a", t: "presence", op: "leave" });
      assert.deepEqual([room.view.members.length, member.view], [2, undefined]);
    });

    test("another id is another member, and what changes before the effects run is not missed", async () => {
      const update = (id, state) => world.socket.receive(JSON.stringify({ from: id, t: "presence", op: "update", state }));
      const room = shown(() => useRoom(CURSORS, { address: ADDRESS }));
      const member = shown(({ id }) => {
        useEffect(() => update(id, 2), [id]);
        return useMember(room.view.room, id);
      });
      const Page = ({ options: { id } }) => h("p", null, h(room), id && h(member, { id }));
      await draw(Page, {});
      await letIn({ id: "a", state: 1 }, { id: "b", state: 1 });
      for (const id of ["a", "b"]) {
        await draw(Page, { id });
        assert.deepEqual(member.view, { id, state: 2 });
        await step(() => update(id, 3));
        assert.deepEqual(member.view, { id, state: 3 });
      }
    });

    test("joins, leaves and messages of a room are called with", async () => {
      const room = Cursors();
      const heard = [];
      const hear = (name) => (...args) => heard.push([name, ...args]);
      await draw(room, { onJoin: hear("join"), onLeave: hear("leave"), onMessage: hear("message") });
      await letIn();
      await receive({ from: "a", t: "presence", op: "join", state: 1 });
      await receive({ from: "a", t: "msg", msg: "hi" });
      await receive({ from: "a", t: "presence", op: "leave" });
      assert.deepEqual(heard, [["join", { id: "a", state: 1 }], ["message", "hi", "a"], ["leave", { id: "a", state: 1 }]]);
    });

    test("a child's first effect can set presence and send", async () => {
      const Child = ({ view: { setPresence, send } }) => {
        useEffect(() => {
          setPresence(1);
          send("hi");
        }, [setPresence, send]);
        return null;
      };
      const Page = () => h(Child, { view: useRoom(CURSORS, { address: ADDRESS }) });
      await draw(Page);
      await letIn();
      assert.deepEqual(world.socket.sent, ['{"t":"presence","state":1}', '{"t":"msg","msg":"hi"}']);
    });
  });
}
