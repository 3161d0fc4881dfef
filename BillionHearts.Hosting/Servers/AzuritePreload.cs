namespace BillionHearts.Hosting.Servers;

/// <summary>What Node runs before Azurite (<c>--import</c>): it changes how Azurite handles signals and when it saves.</summary>
internal static class AzuritePreload
{
    /// <summary>The module, as an address that Node loads: no file of ours has to lie where Azurite's account can read it.</summary>
    public static string Address { get; } = $"data:text/javascript,{Uri.EscapeDataString(Script)}";

    // Signals: when a host of many threads is killed, the kernel sends PDEATHSIG once for each thread that inherits the child,
    // and Azurite listens to the first only: the second would end Node in the middle of saving.
    //
    // Saving: LokiJS, Azurite's metadata store, writes all of itself in one go, every five seconds while anything changes, and
    // nobody is served meanwhile: 0.3 s at 27,000 blobs. A pause of 400 times what the last save took keeps that under 0.25 % of
    // the time. It stays at five seconds while the store is small, and never exceeds two minutes.
    private const string Script = """
        import { createRequire } from 'node:module';
        process.on('SIGTERM', () => {}).on('SIGINT', () => {});
        const Loki = createRequire(process.argv[1])('lokijs');
        Loki.prototype.autosaveEnable = function (options, callback) {
          this.autosave = true;
          const schedule = (pause) => {
            this.autosaveHandle = setTimeout(() => {
              const start = performance.now();
              if (this.autosaveDirty() && !this.ignoreAutosave) this.saveDatabase(callback);
              schedule(Math.min(Math.max(400 * (performance.now() - start), this.autosaveInterval), 120_000));
            }, pause);
          };
          schedule(this.autosaveInterval);
        };
        """;
}
