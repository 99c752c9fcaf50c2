// Shows the pages of the questionnaire without a page load. `navigation.rs` calls this; the build puts it before the loader.
const navigation = (() => {
  let show;
  const here = () => location.pathname + location.search;
  const go = (path, isReplaced) => {
    history[isReplaced ? "replaceState" : "pushState"](null, "", path);
    show(here());
  };
  return {
    go,
    listen(by) {
      show = by;
      // On the window, so that the loader can stop the event on the document if the app is broken.
      addEventListener("click", (event) => {
        const link = event.target.closest("a[href]");
        const isOurs = link && link.origin === location.origin && link.pathname.startsWith("/complaint/");
        const isPlain = !event.button && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
        if (!isOurs || !isPlain || event.defaultPrevented || link.hash || link.target || link.rel || link.hasAttribute("download")) return;
        event.preventDefault();
        go(link.href);
      });
      addEventListener("popstate", () => show(here()));
      return here();
    },
  };
})();
