using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>The <c>nginx</c> image: Debian's nginx with everything it writes in a private folder.</summary>
internal sealed class NginxServer : INativeServer
{
    public string Image => "nginx";

    public async Task<ProcessSpec> PrepareAsync(NativeServerContext context, CancellationToken cancellationToken)
    {
        if (context.Arguments is not ([] or ["nginx", "-g", "daemon off;"]))
        {
            throw context.Refuse($"nginx as a native process accepts no arguments, but has '{context.Arguments[0]}'.");
        }

        var nginx = Executables.Require("nginx");
        context.RequireReachable(context.DataPath);

        var main = await new NginxConfiguration(context).WriteAsync(cancellationToken);
        await UnprivilegedAccount.OwnAsync(context.DataPath, cancellationToken);

        var spec = new ProcessSpec
        {
            FileName = nginx,
            Arguments = ["-p", context.DataPath, "-c", main, "-e", "stderr", "-g", "daemon off;"],
            ClearEnvironment = true,
            Environment = context.VariablesExcept("NGINX_"),
            WorkingDirectory = context.DataPath,
            DropPrivileges = true,
            // Graceful: requests under way are answered.
            StopSignal = StopSignal.Quit,
        };

        context.RunToEnd(spec with { Arguments = ["-t", "-q", .. spec.Arguments] });
        return spec;
    }
}
