
// Development only: `cargo xtask dev` writes another text into dev-build.txt whenever it starts the server anew.
{
  let build;
  const look = async () => {
    try {
      const answer = await fetch("/dev-build.txt", { cache: "no-store" });
      if (!answer.ok) return;
      const found = await answer.text();
      if (build && build !== found) location.reload();
      build = found;
    } catch {
      // The server is being restarted.
    }
  };
  look();
  setInterval(look, 500);
}
