// The page's safety net: a classic script in old syntax, so that it runs where the app itself cannot. If the app does
// not start, it puts one plain sentence and a way out where the app would be, never a blank page. It also chooses the
// language, since it is the first to speak.

(function () {
  "use strict";

  // (module (func (drop (v128.const i64x2 0 0)))): valid only where WebAssembly has SIMD, which the engine needs.
  var SIMD = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11
  ];
  // What is said before the language's own file is there, or where it never comes; the rest is in texts/de.json.
  var WORDS = {
    de: {
      "Foolproof was opened as a file, but browsers run it only from a web server, for instance the one that “python3 -m http.server” starts in this folder.":
        "Foolproof wurde als Datei geöffnet. Browser führen es aber nur von einem Webserver aus, zum Beispiel dem, den „python3 -m http.server“ in diesem Ordner startet.",
      "Foolproof is embedded here without the rights it needs to run (the frame’s sandbox lacks “allow-same-origin”).":
        "Foolproof ist hier ohne die Rechte eingebettet, die es braucht (der Sandbox des Rahmens fehlt „allow-same-origin“).",
      "Foolproof needs WebAssembly with SIMD, which this browser does not have or does not allow; any current Chrome, Edge, Firefox or Safari has it.":
        "Foolproof braucht WebAssembly mit SIMD, das dieser Browser nicht hat oder nicht erlaubt; jedes aktuelle Chrome, Edge, Firefox oder Safari hat es.",
      "This browser is too old for Foolproof; any current Chrome, Edge, Firefox or Safari runs it.":
        "Dieser Browser ist zu alt für Foolproof; jedes aktuelle Chrome, Edge, Firefox oder Safari kommt damit zurecht.",
      "The program of this page could not be loaded.": "Das Programm dieser Seite konnte nicht geladen werden.",
      "The program of this page could not be loaded or started.":
        "Das Programm dieser Seite konnte nicht geladen oder nicht gestartet werden.",
      "Loading the page. Nothing you draw here leaves this browser.":
        "Die Seite wird geladen. Nichts, was hier gezeichnet wird, verlässt diesen Browser.",
      "Try again": "Noch einmal versuchen",
      "Open in a new tab": "In einem neuen Tab öffnen"
    }
  };
  // What hosts have asked before the app hears them, which is some time after the page has loaded; no more than this.
  var MOST_ASKED = 1000;
  var asked = [];
  var started = false;
  var reason = null;

  function keep(event) {
    // Nobody else is answered (src/host/window.rs), so nobody else's need be kept.
    var may = event.source === window || event.source === window.parent;
    if (may && event.data && event.data.foolproof === 1 && event.data.verb && asked.length < MOST_ASKED) {
      asked.push(event);
    }
  }
  window.addEventListener("message", keep);

  // The app hears from now on (src/host/window.rs), and first what was asked before.
  window.foolproofHears = function () {
    window.removeEventListener("message", keep);
    asked.splice(0).forEach(function (event) {
      window.dispatchEvent(new MessageEvent("message", { data: event.data, source: event.source, origin: event.origin }));
    });
  };

  function hasSimd() {
    try {
      return WebAssembly.validate(new Uint8Array(SIMD));
    } catch (error) {
      return false;
    }
  }

  // Some programs pass a link on with its keys as the query: they go where they belong, before anybody reads the address.
  function mended() {
    var query = window.location.search.slice(1);
    var keys = /(^|&|;|%26)(v|page|data|model|input|attack|eps|seed|lesson|lang)(=|%3D)/i;
    if (window.location.hash.length > 1 || !keys.test(query)) {
      return;
    }
    var address = window.location.pathname + "#" + query.replace(/\+/g, "%20");
    try {
      window.history.replaceState(null, "", address);
    } catch (error) {
      window.location.hash = query;
    }
  }

  // The link's language, or the first of the browser's that there is, or English.
  function language() {
    var known = /(?:[#&;]|%23|%26|%3B)lang(?:=|%3D)(en|de)(?![\w-])/gi;
    var found = null;
    for (var next = known.exec(window.location.hash); next; next = known.exec(window.location.hash)) {
      found = next[1].toLowerCase();
    }
    var wished = (navigator.languages || [navigator.language || ""]).map(function (tag) {
      return tag.toLowerCase().split("-")[0];
    });
    return found || wished.filter(function (tag) { return tag === "en" || WORDS[tag]; })[0] || "en";
  }

  function say(text) {
    var words = WORDS[document.documentElement.lang];
    return (words && words[text]) || text;
  }

  // What rules the app out before it is tried, or null.
  function obstacle() {
    if (window.location.protocol === "file:") {
      return "Foolproof was opened as a file, but browsers run it only from a web server, for instance the one that " +
        "\u201cpython3 -m http.server\u201d starts in this folder.";
    }
    if (window.origin === "null") {
      return "Foolproof is embedded here without the rights it needs to run (the frame\u2019s sandbox lacks " +
        "\u201callow-same-origin\u201d).";
    }
    if (typeof WebAssembly !== "object" || !hasSimd()) {
      return "Foolproof needs WebAssembly with SIMD, which this browser does not have or does not allow; any current " +
        "Chrome, Edge, Firefox or Safari has it.";
    }
    return null;
  }

  function link(text, href) {
    var a = document.createElement("a");
    a.href = href;
    a.textContent = text;
    return a;
  }

  // Shows the reason with a way out: a tab of its own when embedded, another try otherwise.
  function show() {
    var place = document.getElementById("app") || document.body;
    if (started || !place || document.getElementById("boot-failure")) {
      return;
    }
    var box = document.createElement("main");
    box.id = "boot-failure";
    box.className = "boot-failure";
    box.setAttribute("role", "alert");
    var heading = document.createElement("h1");
    heading.textContent = "Foolproof";
    var sentence = document.createElement("p");
    sentence.textContent = say(reason);
    var out = document.createElement("p");
    var way = link(say(window.top === window.self ? "Try again" : "Open in a new tab"), window.location.href);
    if (window.top === window.self) {
      way.addEventListener("click", function (event) {
        event.preventDefault();
        window.location.reload();
      });
    } else {
      way.target = "_blank";
      way.rel = "noopener";
    }
    out.appendChild(way);
    box.appendChild(heading);
    box.appendChild(sentence);
    box.appendChild(out);
    place.textContent = "";
    place.appendChild(box);
  }

  function failed(sentence) {
    if (started || reason) {
      return;
    }
    reason = sentence;
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", show);
    } else {
      show();
    }
  }

  // Called by start.js, which cannot import a classic script.
  window.foolproofBoot = {
    ruledOut: function () {
      return reason !== null;
    },
    started: function () {
      started = true;
    },
    failed: failed
  };

  mended();
  document.documentElement.lang = language();
  // The words that stand in the page itself, as soon as they are there.
  document.addEventListener("readystatechange", function () {
    var status = document.querySelector("#skeleton [role=status]");
    if (status) {
      status.textContent = say(status.textContent);
    }
  });

  // A script that cannot be loaded at all tells only its element, and the event does not bubble.
  document.addEventListener(
    "error",
    function (event) {
      if (event.target && event.target.id === "start") {
        failed("The program of this page could not be loaded.");
      }
    },
    true
  );

  var found = obstacle();
  if (found) {
    failed(found);
  } else if (!("noModule" in document.createElement("script"))) {
    failed("This browser is too old for Foolproof; any current Chrome, Edge, Firefox or Safari runs it.");
  }
})();
