using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.ServiceDefaults.Database;

/// <summary>
/// Stops a service that is a database superuser, who may read files of the server and run programs on it. Checked before anything listens; if the database
/// does not answer then, the service starts, checks again, and stops when it finds out.
/// </summary>
public sealed partial class SuperuserRefusal<TContext>(
    IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<SuperuserRefusal<TContext>> logger)
    : BackgroundService, IHostedLifecycleService
    where TContext : DbContext
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    private bool _isKnown;

    /// <exception cref="InvalidOperationException">The role is a superuser.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken);
        }
        catch (Exception exception) when (DatabaseFaults.IsUnavailable(exception))
        {
            Log.Unknown(logger, exception.GetBaseException().Message);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!_isKnown)
        {
            try
            {
                await Task.Delay(s_pause, clock, stoppingToken);
                await CheckAsync(stoppingToken);
            }
            catch (InvalidOperationException refusal) when (!DatabaseFaults.IsUnavailable(refusal))
            {
                Log.Refused(logger, refusal.Message);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
            catch (Exception exception) when (DatabaseFaults.IsUnavailable(exception))
            {
                // The health check reports the outage. The next round tries again.
                Log.Unknown(logger, exception.GetBaseException().Message);
            }
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        var role = await database.SqlQuery<string?>($"SELECT max(rolname::text) AS \"Value\" FROM pg_roles WHERE rolname = current_user AND rolsuper")
            .SingleAsync(cancellationToken);
        _isKnown = true;

        if (role is not null)
        {
            throw new InvalidOperationException(
                $"The database role '{role}' is a superuser, which only Development allows. Give the service a role that owns its database and nothing else.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Could not check yet whether the database role is a superuser: {Reason}")]
        public static partial void Unknown(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Critical, "The service stops: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}

public static class SuperuserRefusalExtensions
{
    /// <summary>Outside Development a service that is a superuser of its database does not start.</summary>
    public static void RefuseSuperuser<TContext>(this IHostApplicationBuilder builder) where TContext : DbContext
    {
        if (!builder.Environment.IsDevelopment())
        {
            builder.Services.AddHostedService<SuperuserRefusal<TContext>>();
        }
    }
}
