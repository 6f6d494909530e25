// @ts-check
// What cannot wait for the modules, which run after the first paint: the theme (light, dark, or as the system is), whether
// there is less motion, and the last click, which main.js makes up for.

(() => {
  const darkSystem = matchMedia("(prefers-color-scheme: dark)");

  /** @param {"theme" | "motion"} what */
  function kept(what) {
    try {
      return localStorage.getItem(`citewell-${what}`);
    } catch {
      return null; // the browser allows no storage
    }
  }

  /** @param {string | null} [theme] */
  function apply(theme = document.documentElement.dataset.chosen ?? kept("theme")) {
    const asked = theme === "light" || theme === "dark" ? theme : new URLSearchParams(location.search).get("__theme");
    const isDark = asked === "dark" || (asked !== "light" && darkSystem.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    // Gradio has the class on the body. It sets its own once it is loaded, and again when the system changes.
    if (document.body && document.body.classList.contains("dark") !== isDark) {
      document.body.classList.toggle("dark", isDark);
    }
  }

  // Gradio writes the browser's language there, which need not be the page's.
  const root = document.documentElement;
  const { lang } = root;
  new MutationObserver(() => {
    if (root.lang !== lang) root.lang = lang;
  }).observe(root, { attributeFilter: ["lang"] });

  root.dataset.motion = kept("motion") ?? "";

  addEventListener(
    "click",
    (event) => {
      if (!window.citewell) window.citewellClicked = event.target;
    },
    true,
  );

  apply();
  darkSystem.addEventListener("change", () => apply());
  addEventListener("cw-theme", () => apply());
  const whenThereIsABody = new MutationObserver(() => {
    if (!document.body) return;
    whenThereIsABody.disconnect();
    apply();
    new MutationObserver(() => apply()).observe(document.body, { attributeFilter: ["class"] });
  });
  whenThereIsABody.observe(document.documentElement, { childList: true });
})();
