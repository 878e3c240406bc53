// The page's safety net: a classic script in old syntax, so that it runs where the app itself cannot. If the app does
// not start, it puts one plain sentence and a way out where the app would be, never a blank page.

(function () {
  "use strict";

  // (module (func (drop (v128.const i64x2 0 0)))): valid only where WebAssembly has SIMD, which the engine needs.
  var SIMD = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11
  ];
  var started = false;
  var reason = null;

  function hasSimd() {
    try {
      return WebAssembly.validate(new Uint8Array(SIMD));
    } catch (error) {
      return false;
    }
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
    sentence.textContent = reason;
    var out = document.createElement("p");
    var way = link(window.top === window.self ? "Try again" : "Open in a new tab", window.location.href);
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
